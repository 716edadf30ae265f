//! Models of cells: the stores of one writer, and the copies of a reader.

use super::{Stage, model};
use crate::cell::{exemplar, gauge, histogram, summary};
use crate::layout::{self, Place};
use crate::sync::Ordering;
use crate::verification::failpoint::silence_after;
use crate::verification::word::AtomicU64;
use loom::thread;
use std::sync::Arc;

/// Words of zeroes, all of them loom's.
fn cell(words: u32) -> Arc<Vec<AtomicU64>> {
    let cell: Vec<_> = (0..words).map(|_| AtomicU64::new(0)).collect();
    cell.iter().for_each(AtomicU64::model);
    Arc::new(cell)
}

/// A concurrent reader and later ones never find a half-written cell, whatever `write` does. `read` returns the count, and
/// asserts that the sum agrees. `go_on` is the next owner, which counts one.
fn is_read_whole(
    cell: Arc<Vec<AtomicU64>>,
    write: impl FnOnce(&[AtomicU64]) + 'static,
    read: impl Fn(&[AtomicU64]) -> f64 + Copy + 'static,
    go_on: impl FnOnce(&[AtomicU64]),
) {
    let writer = thread::spawn({
        let cell = cell.clone();
        move || write(&cell)
    });
    let reader = thread::spawn({
        let cell = cell.clone();
        move || read(&cell)
    });
    writer.join().unwrap();
    let seen = reader.join().unwrap();
    let left = read(&cell);
    assert!(left >= seen, "counts never go back");
    go_on(&cell);
    assert_eq!(read(&cell), left + 1.0);
}

#[test]
fn a_histogram_is_read_whole_wherever_its_writer_dies() {
    let read = |cell: &[AtomicU64]| {
        let mut counts = [0.0; 2];
        let sum = histogram::read(cell, &mut counts, &mut Vec::new(), &mut 0, || Ok(()))
            .unwrap()
            .sum;
        let count = counts[0] + counts[1];
        assert_eq!(sum, 0.25 * count, "sum and count agree");
        count
    };
    // Two updates of seven stores. Later deaths in the second one take too long, and show nothing new.
    for stores in 0..=9 {
        model(2, move || {
            let write = move |cell: &[AtomicU64]| {
                silence_after(stores, || {
                    histogram::add(cell, None, 0, 1.0, 0.25).unwrap();
                    histogram::add(cell, None, 1, 1.0, 0.25).unwrap();
                });
            };
            let go_on = |cell: &[AtomicU64]| {
                let left = read(cell);
                histogram::repair(cell).unwrap();
                assert_eq!(
                    read(cell),
                    left,
                    "what was begun is finished as it was read"
                );
                histogram::add(cell, None, 1, 1.0, 0.25).unwrap();
            };
            is_read_whole(cell(layout::histogram::BUCKETS + 2), write, read, go_on);
        });
    }
}

#[test]
fn a_summary_is_read_whole_wherever_its_writer_dies() {
    let read = |cell: &[AtomicU64]| {
        let (count, sum) = summary::read(cell, &mut 0).unwrap();
        assert_eq!(sum, 0.25 * count, "sum and count agree");
        count
    };
    // Two updates of six stores.
    for stores in 0..=12 {
        model(2, move || {
            let write = move |cell: &[AtomicU64]| {
                silence_after(stores, || {
                    summary::add(cell, 1.0, 0.25);
                    summary::add(cell, 1.0, 0.25);
                });
            };
            let go_on = |cell: &[AtomicU64]| summary::add(cell, 1.0, 0.25);
            is_read_whole(cell(layout::summary::SUM + 1), write, read, go_on);
        });
    }
}

#[test]
fn the_contribution_of_a_dead_writer_ends_with_its_incarnation() {
    model(3, || {
        let words = cell(1 + layout::gauge::WORDS);
        words[0].store(1, Ordering::Relaxed);
        gauge::set(&words[1..], 7.0, 1);
        let adopter = thread::spawn({
            let words = words.clone();
            move || {
                words[0].store(2, Ordering::Release);
                gauge::adopt(&words[1..], 2);
                gauge::set(&words[1..], 5.0, 2);
            }
        });
        let reader = thread::spawn({
            let words = words.clone();
            move || {
                let now = words[0].load(Ordering::Acquire) as u32;
                let value = gauge::read(&words[1..], now);
                match now {
                    // The value of its last holder, or of the next one, which may have stored it already.
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
                    exemplar::store(&heap.words, body, 1.0, 10.0, "a").unwrap();
                    exemplar::store(&heap.words, body, 2.0, 20.0, "bb").unwrap();
                });
            });
            let heap = stage.heap().clone();
            let reader = thread::spawn(move || {
                if let Some(copy) = exemplar::read(&heap.words, body).unwrap() {
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
