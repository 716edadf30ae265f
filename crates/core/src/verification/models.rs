//! The protocols, with the steps of their parties in every order.
//!
//! `RUSTFLAGS='--cfg loom' cargo test --release --target-dir target/loom -p mpmetrics-core --lib models`. The models run the
//! code of the release over loom's words. A party dies where [`silence_after`] says, and no other party sees its later
//! stores. Each model states its number of preemptions.

mod cells;
mod gate;
mod series;
mod slots;

use crate::catalog::series as core_series;
use crate::layout::{Place, header, series as record};
use crate::membership::lease::take_slot;
use crate::read::snapshot;
use crate::storage::heap::Heap;
use crate::storage::table;
use crate::sync::Ordering;
use crate::{Binding, FamilySpec, HeapOptions, Kind, Labels, Value, Writer};
use loom::thread;
use std::rc::Rc;
use std::sync::Arc;

/// Runs all orders with at most that many preemptions.
fn model(preemptions: usize, body: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 100_000;
    let orders = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counted = orders.clone();
    builder.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        body();
    });
    println!("ORDERS {}", orders.load(Ordering::Relaxed));
}

/// A private heap with a counter, and a writer.
struct Stage {
    writer: Rc<Writer>,
    family: u32,
}

impl Stage {
    fn new() -> Stage {
        let writer = Writer::attach(&HeapOptions::default(), 0).unwrap();
        writer.registry("default").unwrap();
        Stage {
            family: Stage::declare(&writer),
            writer: Rc::new(writer),
        }
    }

    fn declare(writer: &Writer) -> u32 {
        let spec = FamilySpec {
            name: "c".into(),
            kind: Kind::Counter,
            label_names: vec!["l".into()],
            ..FamilySpec::default()
        };
        writer.declare(&spec).unwrap().0
    }

    /// Another writer in the same heap.
    fn another(&self) -> Rc<Writer> {
        let heap = self.writer.heap().clone();
        let taken = take_slot(&heap).unwrap();
        let writer = Writer::start(heap, taken, HeapOptions::default().limits(), 1).unwrap();
        Stage::declare(&writer);
        Rc::new(writer)
    }

    fn heap(&self) -> &Arc<Heap> {
        self.writer.heap()
    }

    fn bind(&self, writer: &Writer, value: &str) -> Binding {
        let bound = writer.bind(self.family, &labels(value)).unwrap();
        bound.expect("there is room")
    }

    /// Gives loom the words at these places.
    fn model(&self, places: impl IntoIterator<Item = Place>) {
        for place in places {
            self.heap().words.word(place).unwrap().model();
        }
    }

    /// The words that a series is found and counted by: in the table, and its record.
    fn series_words(&self, number: u32) -> Vec<Place> {
        let word = table::entry(&self.heap().words, header::SERIES_TABLE, number);
        let entry = core_series::series_word(&self.heap().words, number).unwrap();
        let record = core_series::SeriesEntry::look(entry).record;
        let mut words = vec![word.unwrap().unwrap()];
        words.extend(record..=record + record::TEXT);
        words
    }

    /// The page of a scrape in another thread: loom reorders only the steps of threads.
    fn shown_meanwhile(&self) -> thread::JoinHandle<Vec<(String, f64)>> {
        let heap = self.heap().clone();
        thread::spawn(move || shown(&heap))
    }

    fn shown(&self) -> Vec<(String, f64)> {
        shown(self.heap())
    }
}

fn shown(heap: &Heap) -> Vec<(String, f64)> {
    let filter = snapshot::Filter {
        registries: vec![0],
        monotonic: Some(1.0),
        ..Default::default()
    };
    let families = snapshot::take(heap, &filter).unwrap();
    let family = &families[0];
    let series = family.series.iter().map(|series| match series.value {
        Value::Number(value) => (family.labels(series).to_owned(), value),
        _ => unreachable!(),
    });
    series.collect()
}

fn labels(value: &str) -> Labels {
    Labels::new([("l", value)])
}

fn number_of(stage: &Stage, value: &str) -> u32 {
    core_series::find_series(&stage.heap().words, stage.family, &labels(value))
        .unwrap()
        .0
}
