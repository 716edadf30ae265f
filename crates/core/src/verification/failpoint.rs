//! The death of a writer after any of its stores.
//!
//! Every store to shared memory passes here, because all atomics come from [`crate::sync`]. The tested code has no marks,
//! and no store can be forgotten. The stores of a thread are counted only under [`record`], [`abort_after`] or
//! [`silence_after`].

use std::cell::RefCell;
use std::panic::Location;

/// Where a store is in the source.
pub type Point = &'static Location<'static>;

/// The effect of the thread's next stores.
enum Fate {
    /// Its stores are written down.
    Recorded(Vec<Point>),
    /// The process ends after this many more.
    Aborted(usize),
    /// They have no effect after this many more.
    Silenced(usize),
}

#[cfg(not(loom))]
thread_local! {
    static FATE: RefCell<Option<Fate>> = const { RefCell::new(None) };
}

#[cfg(loom)]
loom::thread_local! {
    static FATE: RefCell<Option<Fate>> = RefCell::new(None);
}

/// Runs `store`, unless the thread is dead: then nothing is stored, and it gets `instead` for an answer.
#[track_caller]
pub(crate) fn pass<T>(instead: T, store: impl FnOnce() -> T) -> T {
    let point = Location::caller();
    if FATE.with(|fate| matches!(*fate.borrow(), Some(Fate::Silenced(0)))) {
        return instead;
    }
    let stored = store();
    FATE.with(|fate| match &mut *fate.borrow_mut() {
        None => {}
        Some(Fate::Recorded(points)) => points.push(point),
        Some(Fate::Silenced(left)) => *left -= 1,
        Some(Fate::Aborted(left)) => {
            *left -= 1;
            if *left == 0 {
                std::process::abort();
            }
        }
    });
    stored
}

fn run<T>(fate: Fate, operation: impl FnOnce() -> T) -> (T, Option<Fate>) {
    let before = FATE.with(|own| own.replace(Some(fate)));
    let done = operation();
    (done, FATE.with(|own| own.replace(before)))
}

/// Runs an operation on this thread, and returns the points that it passed, in order.
pub fn record<T>(operation: impl FnOnce() -> T) -> (T, Vec<Point>) {
    match run(Fate::Recorded(Vec::new()), operation) {
        (done, Some(Fate::Recorded(points))) => (done, points),
        (done, _) => (done, Vec::new()),
    }
}

/// Runs an operation on this thread. The process ends after this many stores, at least one; if there are fewer, this
/// returns.
pub fn abort_after<T>(stores: usize, operation: impl FnOnce() -> T) -> T {
    run(Fate::Aborted(stores), operation).0
}

/// Runs an operation on this thread. Shared memory sees only its first `stores` stores, as if the thread had died then.
pub fn silence_after<T>(stores: usize, operation: impl FnOnce() -> T) -> T {
    run(Fate::Silenced(stores), operation).0
}
