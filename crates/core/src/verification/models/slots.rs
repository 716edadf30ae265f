//! Models of slots: their holders.

use super::{Stage, model};
use crate::layout::{header, slot as words};
use crate::membership::lease::take_slot;
use loom::thread;

#[test]
fn a_slot_has_one_holder() {
    model(2, || {
        let stage = Stage::new();
        let gone = stage.another();
        let at = gone.at();
        drop(gone);
        stage.model([at + words::HELD, header::SLOT_COUNT]);
        let other = thread::spawn({
            let heap = stage.heap().clone();
            move || take_slot(&heap).unwrap().number
        });
        let one = thread::spawn({
            let heap = stage.heap().clone();
            move || take_slot(&heap).unwrap().number
        });
        let (own, other) = (one.join().unwrap(), other.join().unwrap());
        assert_ne!(own, other);
        assert!([own, other].contains(&1), "the free slot is taken");
    });
}
