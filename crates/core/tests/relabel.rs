//! New labels for the contribution of one writer, while other threads read and count.

use mpmetrics_core::*;
use std::sync::atomic::{AtomicBool, Ordering};

const SERIES: u32 = 200;

fn labels(number: u32, region: &str) -> Labels {
    Labels::new([("l", number.to_string().as_str()), ("region", region)])
}

/// A private heap of two writers with a counter.
fn heap(id: u128) -> ([Writer; 2], u32) {
    let options = HeapOptions {
        id: Some(id),
        ..HeapOptions::default()
    };
    let writers = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    let spec = FamilySpec {
        registries: vec![writers[0].registry("default").unwrap()],
        name: "c".into(),
        kind: Kind::Counter,
        label_names: vec!["l".into()],
        ..FamilySpec::default()
    };
    let family = writers[0].declare(&spec).unwrap().0;
    writers[1].declare(&spec).unwrap();
    (writers, family)
}

fn add(writer: &Writer, family: u32, labels: &Labels, value: f64) {
    let binding = writer.bind(family, labels).unwrap().unwrap();
    assert!(writer.counter_add(binding, value).unwrap());
}

/// The lines of a scrape.
fn lines(heap: &Heap) -> Vec<String> {
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    let mut text = Vec::new();
    expose::scrape(heap, &filter, expose::Format::Text, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("c{"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_contribution_keeps_its_binding_under_other_labels() {
    let ([one, _], family) = heap(1);
    let binding = one.bind(family, &labels(1, "a")).unwrap().unwrap();
    assert!(one.counter_add(binding, 2.0).unwrap());
    assert!(
        one.relabel(family, &labels(1, "a"), &labels(1, "b"))
            .unwrap()
    );
    assert!(one.counter_add(binding, 3.0).unwrap());
    assert_eq!(lines(one.heap()), ["c{l=\"1\",region=\"b\"} 5"]);
    assert!(
        !one.relabel(family, &labels(1, "a"), &labels(1, "c"))
            .unwrap()
    );
    assert!(
        one.relabel(family, &labels(1, "b"), &labels(1, "a"))
            .unwrap()
    );
    assert_eq!(lines(one.heap()), ["c{l=\"1\",region=\"a\"} 5"]);
}

#[test]
fn the_contribution_of_another_writer_stays() {
    let ([one, two], family) = heap(2);
    for writer in [&one, &two] {
        add(writer, family, &labels(1, "a"), 1.0);
    }
    assert!(
        one.relabel(family, &labels(1, "a"), &labels(1, "b"))
            .unwrap()
    );
    assert_eq!(
        lines(one.heap()),
        ["c{l=\"1\",region=\"a\"} 1", "c{l=\"1\",region=\"b\"} 1"]
    );
    assert!(
        two.relabel(family, &labels(1, "a"), &labels(1, "b"))
            .unwrap()
    );
    assert_eq!(lines(one.heap()), ["c{l=\"1\",region=\"b\"} 2"]);
    add(&one, family, &labels(1, "b"), 1.0);
    add(&one, family, &labels(1, "c"), 1.0);
    // Two cells of one writer cannot be merged in one step.
    assert!(
        !one.relabel(family, &labels(1, "b"), &labels(1, "c"))
            .unwrap()
    );
}

#[test]
fn a_scrape_finds_each_series_once_while_all_get_other_labels() {
    let ([one, two], family) = heap(3);
    for number in 0..SERIES {
        add(&one, family, &labels(number, "a"), 1.0);
    }
    let is_over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let (heap, is_over) = (two.heap().clone(), &is_over);
        let reader = threads.spawn(move || {
            let mut pages = 0;
            while !is_over.load(Ordering::Relaxed) {
                let page = lines(&heap);
                assert_eq!(page.len(), SERIES as usize, "{page:?}");
                pages += 1;
            }
            pages
        });
        for turn in 0..20 {
            let [from, to] = if turn % 2 == 0 {
                ["a", "b"]
            } else {
                ["b", "a"]
            };
            for number in 0..SERIES {
                assert!(
                    one.relabel(family, &labels(number, from), &labels(number, to))
                        .unwrap()
                );
            }
        }
        is_over.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
}
