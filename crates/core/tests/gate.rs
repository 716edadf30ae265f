//! The gate beside the heaps of others: what crashed runs have left goes, what is held stays.

#[path = "support/leftovers.rs"]
mod leftovers;
#[allow(dead_code, reason = "other tests signal and kill")]
#[path = "support/process.rs"]
mod process;

use mpmetrics_core::*;
use process::Process;
use std::path::Path;
use std::time::{Duration, Instant};

/// Options of a shared heap that no other test uses.
fn shared(name: &str) -> HeapOptions {
    HeapOptions {
        name: Some(HeapName::new(&format!("gate-{}-{name}", std::process::id())).unwrap()),
        ..HeapOptions::default()
    }
}

#[test]
fn a_sweep_leaves_what_is_held_alone() {
    let held = Writer::attach(&shared("held"), 0).unwrap();
    sweep_orphans();
    assert!(!held.heap().is_closed());
    // Whoever comes now joins it.
    let other = Writer::attach(&shared("held"), 1).unwrap();
    assert_eq!(other.heap().id(), held.heap().id());
}

/// The environment's word for the heap of [`newcomer`].
const NAME: &str = "GATE_NAME";

/// Joins the heap of that name, which files that were removed by hand make a new one, and counts there until it is killed.
#[test]
#[ignore = "a process that a test starts"]
fn newcomer() {
    process::end_with_parent();
    let options = HeapOptions {
        name: Some(HeapName::new(&std::env::var(NAME).unwrap()).unwrap()),
        ..HeapOptions::default()
    };
    let _writer = Writer::attach(&options, 0).unwrap();
    loop {
        std::thread::park();
    }
}

// Only there all files lie where they can be seen.
#[cfg(all(target_os = "linux", not(feature = "portable")))]
#[test]
fn whoever_has_a_heap_whose_files_were_removed_leaves_the_next_one_alone() {
    let options = shared("removed");
    let old = Writer::attach(&options, 0).unwrap();
    let key = leftovers::key(old.heap()).unwrap();
    for name in leftovers::files(&key) {
        std::fs::remove_file(Path::new("/dev/shm").join(name)).unwrap();
    }
    let name = options.name.clone().unwrap();
    let mut other = Process::start("newcomer", &[(NAME, name.as_str())]);
    let next = loop {
        other.assert_running();
        // This process knows the old heap by that name, so it has to ask for the new one by its lease.
        let files = leftovers::files(&key);
        if files.iter().any(|file| file.ends_with(".w0")) && files.len() >= 5 {
            break files;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert_eq!(partial(old.heap()), Some(1.0));
    // The old heap grows on, by names that nobody else has.
    old.registry("default").unwrap();
    let spec = FamilySpec {
        name: "c".into(),
        label_names: vec!["l".into()],
        ..FamilySpec::default()
    };
    let (family, _) = old.declare(&spec).unwrap();
    for number in 0..2000 {
        let labels = Labels::new([("l", number.to_string().as_str())]);
        assert!(old.bind(family, &labels).unwrap().is_some(), "{number}");
    }
    let files = leftovers::files(&key);
    assert!(next.iter().all(|name| files.contains(name)));
    assert!(files.len() > next.len());
    // Another thread of this process joins what is there now.
    let late = Writer::attach(&options, 1).unwrap();
    assert_ne!(late.heap().id(), old.heap().id());
    assert_eq!(late.slot(), 1, "beside the newcomer");
    assert!(!late.heap().is_closed());
    // Each of both pages is only a part, until the old heap has no members any more.
    assert_eq!(partial(late.heap()), Some(1.0));
    drop(old);
    assert_eq!(partial(late.heap()), Some(0.0));
    assert!(!late.heap().is_closed());
    let mut left = leftovers::files(&key);
    left.retain(|name| !next.contains(name));
    assert_eq!(left.len(), 1, "the lease of the late one: {left:?}");
    other.kill();
}

/// What the heap says of itself: whether other processes count in another heap of the name.
#[cfg(all(target_os = "linux", not(feature = "portable")))]
fn partial(heap: &Heap) -> Option<f64> {
    let filter = snapshot::Filter {
        own: true,
        ..snapshot::Filter::default()
    };
    let mut text = Vec::new();
    expose::scrape(heap, &filter, expose::Format::Text, &mut text).unwrap();
    let page = String::from_utf8(text).unwrap();
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix("mpmetrics_partial "));
    line.map(|value| value.parse().unwrap())
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
