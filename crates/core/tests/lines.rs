//! Cache lines: no two writers store to the same one, however their updates fall.

use mpmetrics_core::*;
use std::collections::HashMap;

/// Words of a cache line on the processors that this runs on.
const LINE: u32 = 8;
const WRITERS: u32 = 4;

#[test]
fn no_two_writers_store_to_one_cache_line() {
    let name = format!("lines-{}", std::process::id());
    let options = HeapOptions {
        name: Some(HeapName::new(&name).unwrap()),
        ..HeapOptions::default()
    };
    let writers: Vec<Writer> = (0..WRITERS)
        .map(|thread| Writer::attach(&options, thread).unwrap())
        .collect();
    let kinds = [Kind::Counter, Kind::Gauge, Kind::Histogram, Kind::Summary];
    let families = kinds.map(|kind| {
        let spec = FamilySpec {
            name: format!("{kind:?}"),
            kind,
            label_names: vec!["l".into()],
            bounds: match kind {
                Kind::Histogram => vec![1.0, 2.0],
                _ => vec![],
            },
            ..FamilySpec::default()
        };
        writers[0].registry("default").unwrap();
        writers[0].declare(&spec).unwrap().0
    });
    let mut owners: HashMap<u32, usize> = HashMap::new();
    let mut claim = |place: u32, writer: usize| {
        let owner = *owners.entry(place / LINE).or_insert(writer);
        assert_eq!(owner, writer, "the line of word {place}");
    };
    // The writers bind alternately, so that their memory lies as close together as it ever does.
    for number in 0..500 {
        let labels = Labels::new([("l", number.to_string().as_str())]);
        for (index, writer) in writers.iter().enumerate() {
            for family in families {
                let binding = writer.bind(family, &labels).unwrap().unwrap();
                claim(binding.cell, index);
                claim(binding.generation_place, index);
            }
        }
    }
    // No cell shares a line with another writer's chunk, and chunks are aligned to lines in each process.
    for (index, writer) in writers.iter().enumerate() {
        for chunk in writer.chunks().unwrap() {
            assert_eq!(chunk.address as usize % (8 * LINE as usize), 0);
            assert_eq!((chunk.place % LINE, chunk.words % LINE), (0, 0));
            for line in 0..chunk.words / LINE {
                claim(chunk.place + line * LINE, index);
            }
        }
    }
}
