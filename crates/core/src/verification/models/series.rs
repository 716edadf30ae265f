//! Models of series that are made, bound and removed while others read them.

use super::{Stage, labels, model, number_of};
use crate::catalog::series;
use crate::layout::{directory as entry, header, journal};
use crate::storage::{directory, table};
use crate::verification::{check, failpoint::silence_after};
use crate::{FamilySpec, Kind};
use loom::thread;
use std::cell::Cell;
use std::rc::Rc;

#[test]
fn no_update_goes_astray_between_binding_and_removal() {
    model(2, || {
        let stage = Stage::new();
        stage.bind(&stage.writer, "a");
        let binder = stage.another();
        // The leaf must exist before the model begins.
        stage.bind(&binder, "b");
        let number = number_of(&stage, "a");
        let place = directory::entry(&stage.heap().words, binder.at(), number)
            .unwrap()
            .unwrap()
            .place;
        let word = table::entry(&stage.heap().words, header::SERIES_TABLE, number)
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
        // Either the binding counts, or the writer finds that it does not.
        let holds = stage.heap().words.load(binding.generation_place).unwrap();
        let found = series::find_series(&stage.heap().words, stage.family, &labels("a"));
        if holds == u64::from(binding.generation) {
            let (_, found) = found.expect("the series it counts in");
            assert_eq!(found.generation, binding.generation);
        }
        assert_eq!(check(stage.heap()).unwrap(), Vec::<String>::new());
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
            // The next holder of the lock completes the change.
            assert_eq!(check(stage.heap()).unwrap(), Vec::<String>::new());
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
fn of_two_writers_that_withdraw_at_once_one_removes_the_series() {
    model(2, || {
        let stage = Stage::new();
        let other = stage.another();
        let bindings = [&stage.writer, &other].map(|writer| stage.bind(writer, "a"));
        stage.model(bindings.map(|binding| binding.generation_place));
        let threads = [stage.writer.clone(), other].map(|writer| {
            let family = stage.family;
            thread::spawn(move || writer.unbind(family, &labels("a")).unwrap())
        });
        for withdrawn in threads {
            assert!(withdrawn.join().unwrap());
        }
        let found = series::find_series(&stage.heap().words, stage.family, &labels("a"));
        assert!(found.is_none(), "nobody has it, and it is still there");
        assert_eq!(check(stage.heap()).unwrap(), Vec::<String>::new());
    });
}

#[test]
fn a_reset_leaves_the_series_of_other_families_alone_whatever_labels_they_get() {
    model(1, || {
        let stage = Stage::new();
        stage.bind(&stage.writer, "a");
        let number = number_of(&stage, "a");
        let spec = FamilySpec {
            name: "d".into(),
            kind: Kind::Counter,
            label_names: vec!["l".into()],
            ..FamilySpec::default()
        };
        let other = stage.writer.declare(&spec).unwrap().0;
        let resetter = stage.another();
        // The entry, and the number in the record. The heap's key decides which other words are read.
        stage.model(stage.series_words(number).into_iter().take(2));
        let changing = thread::spawn({
            let (writer, family) = (stage.writer.clone(), stage.family);
            move || {
                let done = writer.relabel(family, &labels("a"), &labels("b"));
                assert!(done.unwrap());
                // It gets the memory of the first record.
                writer.bind(other, &labels("c")).unwrap().unwrap();
            }
        });
        let resetting = thread::spawn(move || resetter.reset_family(other).unwrap());
        changing.join().unwrap();
        resetting.join().unwrap();
        assert_eq!(stage.shown(), [("l=\"b\"".to_owned(), 0.0)]);
        assert_eq!(check(stage.heap()).unwrap(), Vec::<String>::new());
    });
}

#[test]
fn a_reader_takes_no_cell_that_new_labels_have_exchanged_for_another() {
    model(1, || {
        let stage = Stage::new();
        let other = stage.another();
        stage.bind(&other, "a");
        stage.bind(&other, "b");
        let binding = stage.bind(&stage.writer, "a");
        stage.writer.counter_add(binding, 1.0).unwrap();
        let entry_of = |value| {
            let number = number_of(&stage, value);
            let found = directory::entry(&stage.heap().words, stage.writer.at(), number);
            found.unwrap().unwrap().place
        };
        for place in ["a", "b"].map(entry_of) {
            stage.model([place + entry::CELL, place + entry::GENERATION]);
        }
        stage.model([binding.cell]);
        // The cell that the contribution is exchanged for.
        let empty = stage.bind(&stage.writer, "b").cell;
        stage.writer.unbind(stage.family, &labels("b")).unwrap();
        stage.model([empty]);
        let changing = thread::spawn({
            let (writer, family) = (stage.writer.clone(), stage.family);
            move || {
                let done = writer.relabel(family, &labels("a"), &labels("b"));
                assert!(done.unwrap());
                let binding = writer.bind(family, &labels("a")).unwrap().unwrap();
                writer.counter_add(binding, 2.0).unwrap();
            }
        });
        let reader = stage.shown_meanwhile();
        changing.join().unwrap();
        for (labels, value) in reader.join().unwrap() {
            let right = match labels.as_str() {
                "l=\"a\"" => [0.0, 1.0, 2.0].contains(&value),
                "l=\"b\"" => [0.0, 1.0].contains(&value),
                _ => false,
            };
            assert!(right, "{labels} is {value}");
        }
        assert_eq!(check(stage.heap()).unwrap(), Vec::<String>::new());
    });
}
