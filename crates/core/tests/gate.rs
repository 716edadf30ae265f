//! The gate beside other heaps: files of crashed runs are removed, and held heaps stay.

use mpmetrics_core::*;
use std::time::{Duration, Instant};

/// Options of a shared heap for one test.
fn shared(name: &str) -> HeapOptions {
    HeapOptions {
        name: Some(HeapName::new(&format!("gate-{}-{name}", std::process::id())).unwrap()),
        ..HeapOptions::default()
    }
}

#[test]
fn a_sweep_leaves_held_heaps_alone() {
    let held = Writer::attach(&shared("held"), 0).unwrap();
    sweep_orphans();
    assert!(!held.heap().is_closed());
    // A later writer joins it.
    let other = Writer::attach(&shared("held"), 1).unwrap();
    assert_eq!(other.heap().id(), held.heap().id());
}

/// The least of several times.
fn least(mut run: impl FnMut() -> Duration) -> Duration {
    (0..7).map(|_| run()).min().unwrap()
}

/// Run it with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "prints what a start costs beside many heaps; nothing is asserted of time"]
fn the_cost_of_a_start_beside_many_heaps() {
    let mut held = Vec::new();
    for heaps in [0, 200, 500] {
        while held.len() < heaps {
            let options = shared(&format!("held-{}", held.len()));
            held.push(Writer::attach(&options, 0).unwrap());
        }
        let sweep = least(|| {
            let started = Instant::now();
            sweep_orphans();
            started.elapsed()
        });
        let attach = least(|| {
            let options = shared("newcomer");
            let started = Instant::now();
            let writer = Writer::attach(&options, 0).unwrap();
            let took = started.elapsed();
            drop(writer);
            took
        });
        println!("{heaps} heaps are held: a sweep takes {sweep:.1?}, an attach {attach:.1?}");
    }
}
