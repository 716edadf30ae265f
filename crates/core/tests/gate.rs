//! The gate beside other heaps: files of crashed runs are removed, and held heaps stay.

#[path = "support/process.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod process;

use mpmetrics_core::*;
use process::{Process, end_with_parent};
use std::sync::{Mutex, MutexGuard, PoisonError};
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
    let _alone = alone();
    let held = Writer::attach(&shared("held"), 0).unwrap();
    sweep_orphans();
    assert!(!held.heap().is_closed());
    // A later writer joins it.
    let other = Writer::attach(&shared("held"), 1).unwrap();
    assert_eq!(other.heap().id(), held.heap().id());
}

/// Options of a shared heap that is kept.
fn kept(name: &str) -> HeapOptions {
    HeapOptions {
        keep: Duration::from_secs(600),
        ..shared(name)
    }
}

/// Sets a counter and a gauge to 7.
fn count(writer: &Writer) {
    let registry = writer.registry("default").unwrap();
    for (kind, name) in [(Kind::Counter, "jobs_total"), (Kind::Gauge, "memory_bytes")] {
        let spec = FamilySpec {
            registries: vec![registry],
            name: name.into(),
            help: "help".into(),
            kind,
            ..FamilySpec::default()
        };
        let family = writer.declare(&spec).unwrap().0;
        let binding = writer.bind(family, &Labels::new([])).unwrap().unwrap();
        if kind == Kind::Counter {
            writer.counter_add(binding, 7.0).unwrap();
        } else {
            writer.gauge_set(binding, 7.0).unwrap();
        }
    }
}

/// The samples of the page.
fn page(heap: &Heap) -> Vec<String> {
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    let mut out = Vec::new();
    expose::scrape(heap, &filter, expose::Format::Text, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let samples = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    samples.map(str::to_owned).collect()
}

/// The state of the heap in the list, if it is there.
fn listed(options: &HeapOptions) -> Option<HeapState> {
    let mut heaps = heaps().unwrap().into_iter();
    heaps
        .find(|heap| heap.name == options.name)
        .map(|heap| heap.state)
}

/// Writes to a heap until it is killed, with words of its environment.
#[test]
#[ignore = "a writer process, which other tests start and kill"]
fn writer_process() {
    let Ok(name) = std::env::var("GATE_HEAP") else {
        return;
    };
    end_with_parent();
    let options = HeapOptions {
        name: Some(HeapName::new(&name).unwrap()),
        keep: Duration::from_secs(std::env::var("GATE_KEEP").unwrap().parse().unwrap()),
        ..HeapOptions::default()
    };
    let writer = Writer::attach(&options, 0).unwrap();
    count(&writer);
    // The reader waits for this file.
    std::fs::write(std::env::var("GATE_READY").unwrap(), "").unwrap();
    loop {
        std::thread::sleep(Duration::from_secs(60));
    }
}

/// Starts a writer process, waits until it has counted, and kills it.
fn kill_a_writer(options: &HeapOptions) {
    let name = options.name.as_ref().unwrap().as_str();
    let ready = std::env::temp_dir().join(format!("{name}.ready"));
    let mut process = Process::start(
        "writer_process",
        &[
            ("GATE_HEAP", name),
            ("GATE_KEEP", &options.keep.as_secs().to_string()),
            ("GATE_READY", ready.to_str().unwrap()),
        ],
    );
    while !ready.exists() {
        process.assert_running();
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(listed(options), Some(HeapState::Held));
    process.kill();
    std::fs::remove_file(ready).unwrap();
}

/// Sweeps and removals concern all heaps of this user, so the tests of them run one after the other.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn a_heap_that_is_kept_outlives_a_kill_and_sweeps_with_its_last_values() {
    let _alone = alone();
    let options = kept("killed");
    kill_a_writer(&options);
    sweep_orphans();
    assert!(matches!(listed(&options), Some(HeapState::Kept { .. })));
    let seen = observe(&options).unwrap();
    assert_eq!(page(&seen), ["jobs_total 7", "memory_bytes 7"]);
    assert!(
        snapshot::info(&seen)
            .unwrap()
            .writers
            .iter()
            .all(|writer| !writer.live)
    );
    // The next application of that name begins with an empty heap, and an observer of the old one finds it closed.
    let next = Writer::attach(&shared("killed"), 0).unwrap();
    assert!(seen.is_closed() && next.heap().id() != seen.id());
    drop(next);
    assert_eq!(listed(&options), None);
}

#[test]
fn a_heap_that_is_kept_outlives_its_last_writer_until_it_is_cleaned() {
    let _alone = alone();
    let options = kept("left");
    let other = Writer::attach(&shared("left"), 0).unwrap();
    let writer = Writer::attach(&options, 1).unwrap();
    count(&writer);
    drop(writer);
    // This one has asked for nothing.
    drop(other);
    assert_eq!(
        page(&observe(&options).unwrap()),
        ["jobs_total 7", "memory_bytes 7"]
    );
    let is_it = |heap: &HeapEntry| heap.name == options.name;
    assert!(!clean(false).unwrap().iter().any(is_it));
    assert!(clean(true).unwrap().iter().any(is_it));
    assert_eq!(listed(&options), None);
}

#[test]
fn a_heap_that_nobody_has_kept_ends_as_before() {
    let _alone = alone();
    let options = shared("ended");
    drop(Writer::attach(&options, 0).unwrap());
    assert_eq!(listed(&options), None);
    kill_a_writer(&options);
    // Any process of this user may sweep before.
    assert!(matches!(listed(&options), Some(HeapState::Left) | None));
    // A sweep passes by a heap whose gate another process holds for its own sweep.
    assert!((0..10_000).any(|_| {
        sweep_orphans();
        listed(&options).is_none()
    }));
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
