//! The protocols, in every order in which the steps of their parties can fall.
//!
//! `RUSTFLAGS='--cfg loom' cargo test --release --target-dir target/loom -p mpmetrics-core --lib models`. It is the code of the
//! release that runs here, over words that are loom's. A party dies where [`silence_after`] says: what it stores from then on
//! is seen by nobody. Schedules have at most so many preemptions as each model says.

use super::failpoint::silence_after;
use super::word::AtomicU64;
use crate::cell::{exemplar, gauge, histogram, summary};
use crate::heap::Heap;
use crate::layout::{self, Place, directory as entry, header, journal, series as record, slot};
use crate::lease::take_slot;
use crate::sync::Ordering;
use crate::{
    Binding, FamilySpec, HeapOptions, Kind, Labels, Value, Writer, directory, series, snapshot,
    table,
};
use loom::thread;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// Tries all orders with at most so many preemptions.
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

/// Words of zeroes, all of them loom's.
fn cell(words: u32) -> Arc<Vec<AtomicU64>> {
    let cell: Vec<_> = (0..words).map(|_| AtomicU64::new(0)).collect();
    cell.iter().for_each(AtomicU64::model);
    Arc::new(cell)
}

#[test]
fn a_histogram_is_read_whole_wherever_its_writer_dies() {
    // Two updates of seven stores; those after the first store of the values of the second take longer than they teach.
    for stores in 0..=9 {
        model(2, move || {
            let cell = cell(layout::histogram::BUCKETS + 2);
            let read = |cell: &[AtomicU64]| {
                let mut counts = [0.0; 2];
                let sum = histogram::read(cell, &mut counts, &mut Vec::new(), &mut 0).unwrap();
                let count = counts[0] + counts[1];
                assert_eq!(sum, 0.25 * count, "sum and count agree");
                count
            };
            let writer = thread::spawn({
                let cell = cell.clone();
                move || {
                    silence_after(stores, || {
                        histogram::observe(&cell, 0, 0.25).unwrap();
                        histogram::observe(&cell, 1, 0.25).unwrap();
                    });
                }
            });
            let reader = thread::spawn({
                let cell = cell.clone();
                move || read(&cell)
            });
            writer.join().unwrap();
            let seen = reader.join().unwrap();
            let left = read(&cell);
            assert!(left >= seen, "counts never go back");
            // The next owner finishes what was begun, and goes on.
            histogram::repair(&cell).unwrap();
            assert_eq!(read(&cell), left);
            histogram::observe(&cell, 1, 0.25).unwrap();
            assert_eq!(read(&cell), left + 1.0);
        });
    }
}

#[test]
fn a_summary_is_read_whole_wherever_its_writer_dies() {
    // Two updates of six stores.
    for stores in 0..=12 {
        model(2, move || {
            let cell = cell(layout::summary::SUM + 1);
            let read = |cell: &[AtomicU64]| {
                let (count, sum) = summary::read(cell, &mut 0).unwrap();
                assert_eq!(sum, 0.25 * count, "sum and count agree");
                count
            };
            let writer = thread::spawn({
                let cell = cell.clone();
                move || {
                    silence_after(stores, || {
                        summary::add(&cell, 1.0, 0.25);
                        summary::add(&cell, 1.0, 0.25);
                    });
                }
            });
            let reader = thread::spawn({
                let cell = cell.clone();
                move || read(&cell)
            });
            writer.join().unwrap();
            let seen = reader.join().unwrap();
            let left = read(&cell);
            assert!(left >= seen, "counts never go back");
            summary::add(&cell, 1.0, 0.25);
            assert_eq!(read(&cell), left + 1.0);
        });
    }
}

#[test]
fn the_share_of_a_dead_writer_ends_with_its_incarnation() {
    model(3, || {
        let words = cell(1 + layout::gauge::WORDS);
        words[0].store(1, Ordering::Relaxed);
        gauge::set(&words[1..], 7.0, 1);
        let adopter = thread::spawn({
            let words = words.clone();
            move || {
                words[0].store(2, Ordering::Release);
                gauge::adopt(&words[1..], 2).unwrap();
                gauge::set(&words[1..], 5.0, 2);
            }
        });
        let reader = thread::spawn({
            let words = words.clone();
            move || {
                let now = words[0].load(Ordering::Acquire) as u32;
                let value = gauge::read(&words[1..], now);
                match now {
                    // Its last holder's, unless the next one has been quicker; what that one is about to set is its own business.
                    1 => assert!(matches!(value, None | Some(7.0 | 0.0 | 5.0)), "{value:?}"),
                    _ => assert!(matches!(value, None | Some(5.0)), "{value:?}"),
                }
            }
        });
        reader.join().unwrap();
        adopter.join().unwrap();
        assert_eq!(gauge::read(&words[1..], 2), Some(5.0));
    });
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
        let writer = Writer::settle(heap, taken, 100, 1).unwrap();
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
            self.heap().word(place).unwrap().model();
        }
    }

    /// The words that a series is found and counted by: in the table, and its record.
    fn series_words(&self, number: u32) -> Vec<Place> {
        let word = table::entry(self.heap(), header::SERIES_TABLE, number);
        let record = series::series_entry(self.heap(), number).unwrap().record;
        let mut words = vec![word.unwrap().unwrap()];
        words.extend(record..=record + record::TEXT);
        words
    }

    /// What a scrape shows, in a thread of its own: a schedule begins only where one starts.
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
    series::find_series(stage.heap(), stage.family, &labels(value))
        .unwrap()
        .0
}

#[test]
fn no_update_goes_astray_between_binding_and_removal() {
    model(2, || {
        let stage = Stage::new();
        stage.bind(&stage.writer, "a");
        let binder = stage.another();
        // So that there is a leaf already.
        stage.bind(&binder, "b");
        let number = number_of(&stage, "a");
        let place = directory::entry(stage.heap(), binder.at(), number)
            .unwrap()
            .unwrap()
            .place;
        let word = table::entry(stage.heap(), header::SERIES_TABLE, number)
            .unwrap()
            .unwrap();
        stage.model([word, place + entry::CELL, place + entry::GENERATION]);
        let bound = Rc::new(Cell::new(None));
        let other = thread::spawn({
            let (binder, bound, family) = (binder.clone(), bound.clone(), stage.family);
            move || bound.set(binder.bind(family, &labels("a")).unwrap())
        });
        let remover = thread::spawn({
            let (writer, family) = (stage.writer.clone(), stage.family);
            move || writer.remove_series(family, &labels("a")).unwrap()
        });
        remover.join().unwrap();
        other.join().unwrap();
        let binding = bound.take().expect("there is room");
        // Either the writer is bound to what there is, or it finds that it is not.
        let holds = stage.heap().load(binding.generation_place).unwrap();
        let found = series::find_series(stage.heap(), stage.family, &labels("a"));
        if holds == u64::from(binding.generation) {
            let (_, found) = found.expect("the series it counts in");
            assert_eq!(found.generation, binding.generation);
        }
        assert_eq!(super::check(stage.heap()).unwrap(), Vec::<String>::new());
    });
}

#[test]
fn a_removal_happens_wholly_or_not_at_all_wherever_its_holder_dies() {
    for stores in 0..48 {
        model(1, move || {
            let stage = Stage::new();
            let binding = stage.bind(&stage.writer, "a");
            stage.writer.counter_add(binding, 1.0).unwrap();
            let number = number_of(&stage, "a");
            stage.model(stage.series_words(number));
            stage.model([
                header::JOURNAL + journal::SEQUENCE,
                header::FREE_SERIES,
                binding.generation_place,
                binding.cell,
            ]);
            let dying = thread::spawn({
                let (writer, family) = (stage.writer.clone(), stage.family);
                move || {
                    silence_after(stores, || {
                        writer.remove_series(family, &labels("a")).unwrap()
                    });
                }
            });
            let reader = stage.shown_meanwhile();
            dying.join().unwrap();
            let before = reader.join().unwrap();
            let is_right = before.is_empty() || before == [("l=\"a\"".to_owned(), 1.0)];
            assert!(is_right, "{before:?}");
            // Whoever takes the lock next completes it.
            assert_eq!(super::check(stage.heap()).unwrap(), Vec::<String>::new());
            let after = stage.shown();
            assert!(after.len() <= before.len(), "what was gone stays gone");
        });
    }
}

#[test]
fn a_reader_never_takes_one_series_for_another_that_has_its_memory() {
    model(1, || {
        let stage = Stage::new();
        let binding = stage.bind(&stage.writer, "a");
        stage.writer.counter_add(binding, 1.0).unwrap();
        let number = number_of(&stage, "a");
        stage.model(stage.series_words(number));
        stage.model([
            binding.cell,
            binding.generation_place,
            binding.generation_place - entry::GENERATION + entry::CELL,
        ]);
        let changing = thread::spawn({
            let (writer, family) = (stage.writer.clone(), stage.family);
            move || {
                writer.remove_series(family, &labels("a")).unwrap();
                let binding = writer.bind(family, &labels("b")).unwrap().unwrap();
                writer.counter_add(binding, 2.0).unwrap();
            }
        });
        let reader = stage.shown_meanwhile();
        changing.join().unwrap();
        for (labels, value) in reader.join().unwrap() {
            let right = match labels.as_str() {
                "l=\"a\"" => value == 1.0,
                "l=\"b\"" => value == 0.0 || value == 2.0,
                _ => false,
            };
            assert!(right, "{labels} is {value}");
        }
        assert_eq!(stage.shown(), [("l=\"b\"".to_owned(), 2.0)]);
        assert_eq!(number_of(&stage, "b"), number, "it has the same number");
    });
}

#[test]
fn a_slot_has_one_holder() {
    model(2, || {
        let stage = Stage::new();
        let gone = stage.another();
        let at = gone.at();
        drop(gone);
        stage.model([at + slot::HELD, header::SLOT_COUNT]);
        let other = thread::spawn({
            let heap = stage.heap().clone();
            move || take_slot(&heap).unwrap().0
        });
        let one = thread::spawn({
            let heap = stage.heap().clone();
            move || take_slot(&heap).unwrap().0
        });
        let (own, other) = (one.join().unwrap(), other.join().unwrap());
        assert_ne!(own, other);
        assert!([own, other].contains(&1), "the free slot is taken");
    });
}

#[test]
fn an_exemplar_is_read_whole_wherever_its_writer_dies() {
    // Two exemplars of five stores.
    for stores in 0..=10 {
        model(2, move || {
            let stage = Stage::new();
            let body: Place = layout::FIRST_SEGMENT_WORDS - layout::exemplar::WORDS;
            use layout::exemplar::{BUFFER_WORDS, BUFFERS, SEQUENCE, TEXT};
            stage.model([body + SEQUENCE]);
            for buffer in [body + BUFFERS, body + BUFFERS + BUFFER_WORDS] {
                stage.model(buffer..=buffer + TEXT);
            }
            let heap = stage.heap().clone();
            let writer = thread::spawn(move || {
                silence_after(stores, || {
                    exemplar::store(&heap, body, 1.0, 10.0, "a").unwrap();
                    exemplar::store(&heap, body, 2.0, 20.0, "bb").unwrap();
                });
            });
            let heap = stage.heap().clone();
            let reader = thread::spawn(move || {
                if let Some(copy) = exemplar::read(&heap, body).unwrap() {
                    let copy = (copy.value, copy.timestamp, copy.text.as_str());
                    assert!(
                        matches!(copy, (1.0, 10.0, "a") | (2.0, 20.0, "bb")),
                        "{copy:?}"
                    );
                }
            });
            writer.join().unwrap();
            reader.join().unwrap();
        });
    }
}
