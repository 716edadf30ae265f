//! Models of the gate and of leases: processes join, leave, sweep and die at every call to the kernel.

use super::model;
use crate::layout::{Place, header};
use crate::membership::gate::sweep_orphans;
use crate::membership::lease::{self, Lease};
use crate::storage::directory;
use crate::verification::check;
use crate::verification::kernel::{dies_after, names};
use crate::{HeapName, HeapOptions, Writer};
use loom::thread;

/// A process joins the heap, or makes it.
fn attach() -> Writer {
    let options = HeapOptions {
        name: Some(HeapName::new("model").unwrap()),
        ..HeapOptions::default()
    };
    Writer::attach(&options, 0).unwrap()
}

/// A process is killed.
fn kill(writer: Writer) {
    assert!(dies_after(0, || drop(writer)).is_none());
}

/// The heap of a crashed run, with a registry and without a holder.
fn leave_orphan() {
    let writer = attach();
    writer.registry("old").unwrap();
    kill(writer);
}

/// All members share one heap with later ones. It began empty, and the last member leaves no file.
fn is_the_heap_of_all(writers: Vec<Writer>) {
    let later = thread::spawn(attach).join().unwrap();
    for writer in &writers {
        assert!(!writer.heap().is_closed());
        assert_eq!(writer.heap().id(), later.heap().id());
    }
    assert_eq!(later.words().load(header::REGISTRY_COUNT).unwrap(), 0);
    assert_eq!(check(later.heap()).unwrap(), Vec::<String>::new());
    drop((writers, later));
    assert_eq!(names().unwrap(), Vec::<String>::new());
}

#[test]
fn no_process_joins_a_heap_whose_names_the_last_writer_removes() {
    model(2, || {
        let leaver = attach();
        let leaving = thread::spawn(move || drop(leaver));
        let joining = thread::spawn(attach);
        leaving.join().unwrap();
        is_the_heap_of_all(vec![joining.join().unwrap()]);
    });
}

#[test]
fn two_newcomers_share_a_new_heap_after_a_crash() {
    model(2, || {
        leave_orphan();
        let starting = [(); 2].map(|()| thread::spawn(attach));
        let writers = starting.map(|starting| starting.join().unwrap());
        assert_ne!(writers[0].slot(), writers[1].slot());
        is_the_heap_of_all(writers.into());
    });
}

#[test]
fn a_sweep_removes_no_heap_while_a_process_joins() {
    model(2, || {
        leave_orphan();
        let sweeping = thread::spawn(sweep_orphans);
        let joining = thread::spawn(attach);
        sweeping.join().unwrap();
        is_the_heap_of_all(vec![joining.join().unwrap()]);
    });
}

#[test]
fn a_death_while_joining_or_leaving_keeps_no_process_from_the_heap() {
    // The number of calls to join and to leave.
    for calls in 0..=36 {
        model(1, move || {
            let dying = thread::spawn(move || {
                dies_after(calls, || drop(attach()));
            });
            let joining = thread::spawn(attach);
            dying.join().unwrap();
            is_the_heap_of_all(vec![joining.join().unwrap()]);
        });
    }
}

/// The state of the first slot's lease.
fn first_slot(writer: &Writer) -> Lease {
    let at: Place = directory::slot_place(writer.words(), 0).unwrap();
    lease::probe(writer.words(), 0, at).unwrap()
}

#[test]
fn a_slot_is_adopted_when_its_holder_has_died_and_not_before() {
    model(2, || {
        let holder = attach();
        let keeper = thread::spawn(attach).join().unwrap();
        let dying = thread::spawn(move || kill(holder));
        let joining = thread::spawn(attach);
        dying.join().unwrap();
        let joined = joining.join().unwrap();
        match (joined.slot(), first_slot(&joined)) {
            (0, Lease::Held) => assert_eq!(joined.incarnation(), 2),
            (2, Lease::Free) => assert_eq!(joined.incarnation(), 1),
            found => panic!("{found:?}"),
        }
        drop((keeper, joined));
        assert_eq!(names().unwrap(), Vec::<String>::new());
    });
}

#[test]
fn a_probe_of_a_lease_is_not_taken_for_its_holder() {
    model(2, || {
        let holder = attach();
        let keeper = thread::spawn(attach).join().unwrap();
        kill(holder);
        let asking = thread::spawn({
            let heap = keeper.heap().clone();
            move || {
                let at = directory::slot_place(&heap.words, 0).unwrap();
                lease::probe(&heap.words, 0, at).unwrap();
            }
        });
        let joined = thread::spawn(attach).join().unwrap();
        asking.join().unwrap();
        assert_eq!(joined.slot(), 0);
        assert_eq!(first_slot(&keeper), Lease::Held);
        drop((keeper, joined));
        assert_eq!(names().unwrap(), Vec::<String>::new());
    });
}
