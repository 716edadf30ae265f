//! A storm of kills: writer processes are killed at any moment and replaced, while an observer reads.
//!
//! `KILLS=5000 cargo test -p mpmetrics-core --test kill` is the long version. `SEED` repeats the random numbers of a storm.

mod support;

use mpmetrics_core::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use support::board::Board;
use support::families::*;
use support::observer::Observer;
use support::process::{Process, end_with_parent};
use support::storm::Storm;
use support::{Random, leftovers};

/// Updates of each metric between two changes of structure.
const UPDATES: u64 = 16;

/// The code of a writer process. It updates one metric of each kind, as fast as it can, until it is killed or stopped.
///
/// Most kills hit its most frequent operation. `STORM_CHANGES` sets the number of series that are made or removed for each
/// update.
#[test]
#[ignore = "a writer process, which the storm starts"]
fn writer_process() {
    let Ok(name) = std::env::var("STORM_HEAP") else {
        return;
    };
    end_with_parent();
    let board = Board::open(&std::env::var("STORM_BOARD").unwrap());
    let row: usize = std::env::var("STORM_ROW").unwrap().parse().unwrap();
    let writer = Writer::attach(&options(&name), 0).unwrap();
    let families = Families::declare(&writer);
    let none = Labels::new([]);
    let counter = bind(&writer, families.counter, &none);
    let histogram = bind(&writer, families.histogram, &none);
    let native = bind(&writer, families.native, &none);
    let shared = bind(&writer, families.shared, &none);
    let present = bind(&writer, families.present, &none);
    let mut restarted = bind(&writer, families.restarted, &none);
    assert!(writer.gauge_set(present, 1.0).unwrap());
    let lasting: Vec<Binding> = (0..LASTING)
        .map(|value| bind(&writer, families.labelled, &labels(value)))
        .collect();
    let mut churning: HashMap<u64, Binding> = HashMap::new();
    let mut random = Random::new();
    let changes: u64 = std::env::var("STORM_CHANGES").unwrap().parse().unwrap();
    let mut turn = 0;
    while !board.is_finished() {
        for _ in 0..UPDATES {
            assert!(writer.counter_add(counter, 1.0).unwrap());
            board.acknowledge(row, COUNTED, turn + 1);
            assert!(
                writer
                    .histogram_observe(histogram, turn as u32 % 4, 0.25)
                    .unwrap()
            );
            board.acknowledge(row, OBSERVED, turn + 1);
            assert!(spread(&writer, native, random.below(1 << 16)));
            board.acknowledge(row, SPARSE, turn + 1);
            let series = lasting[(turn % LASTING) as usize];
            assert!(writer.counter_add(series, 1.0).unwrap());
            board.acknowledge(row, LABELLED, turn + 1);
            assert!(writer.shared_add(shared, 1.0).unwrap());
            board.acknowledge(row, SHARED, turn + 1);
            turn += 1;
        }
        for _ in 0..changes {
            let value = random.below(CHURN);
            match random.below(16) {
                0 => drop(writer.unbind(families.churn, &labels(value)).unwrap()),
                1..4 => drop(
                    writer
                        .remove_series(families.churn, &labels(value))
                        .unwrap(),
                ),
                4 => writer.reset_family(families.restarted).unwrap(),
                _ => {
                    let held = churning.get(&value).copied();
                    let seed = random.below(1 << 16);
                    let observe = |binding| spread(&writer, binding, seed);
                    if !held.is_some_and(observe) {
                        let series = bind(&writer, families.churn, &labels(value));
                        // Another process may have removed it already.
                        observe(series);
                        churning.insert(value, series);
                    }
                }
            }
        }
        if !writer.counter_add(restarted, 1.0).unwrap() {
            restarted = bind(&writer, families.restarted, &none);
        }
    }
}

/// Observes a number in a native histogram: NaN, which alone is in the last classic bucket, or one of any size. The sum grows
/// by a quarter in any case. Returns whether the binding holds.
fn spread(writer: &Writer, binding: Binding, seed: u64) -> bool {
    let fraction = 1.0 + (seed >> 8) as f64 / 256.0;
    let (bucket, value) = match seed % 16 {
        0 => (3, f64::NAN),
        1 => (0, 0.0),
        kind if kind % 2 == 0 => (1, -fraction),
        kind => (2, fraction * (1 << kind) as f64),
    };
    writer
        .native_add(binding, bucket, 1.0, 0.25, value)
        .unwrap()
}

/// Removes the short-lived series, and returns the bytes in use afterwards.
fn used_when_quiet(writer: &Writer, families: &Families) -> u64 {
    for value in 0..CHURN {
        writer
            .remove_series(families.churn, &labels(value))
            .unwrap();
    }
    snapshot::info(writer.heap()).unwrap().used_bytes
}

/// Lets the observer's thread end when the storm does, by a panic too.
struct CalmAfter<'a>(&'a AtomicBool);

impl Drop for CalmAfter<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn kills_in_updates_make_nothing_inconsistent_and_lose_nothing() {
    run_storm("updates", 1);
}

#[test]
fn kills_while_series_come_and_go_leave_a_sound_structure() {
    run_storm("structure", 50 * UPDATES);
}

fn run_storm(name: &str, changes: u64) {
    let kills: usize = std::env::var("KILLS").map_or(300, |kills| kills.parse().unwrap());
    let mut random = Random::new();
    let mut storm = Storm::new(name, kills + WRITERS, changes);
    // A heap without any writer is over, so one stays.
    let keeper = Writer::attach(&options(&storm.name), 0).unwrap();
    let families = Families::declare(&keeper);
    let key = leftovers::key(keeper.heap());
    let heap = observe(&options(&storm.name)).unwrap();
    let (calm, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut used = Vec::new();
    let mut observer = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut observer = Observer::of(&heap);
            while !calm.load(Ordering::Acquire) {
                observer.read();
                reads.fetch_add(1, Ordering::Relaxed);
            }
            observer.read();
            observer
        });
        let calm_after = CalmAfter(&calm);
        let mut processes: Vec<Process> = (0..WRITERS).map(|_| storm.start()).collect();
        for kill in 0..kills {
            // Some die while they start, most when they are at work.
            std::thread::sleep(Duration::from_micros(random.below(14_000)));
            assert!(!reader.is_finished(), "the observer has found something");
            let victim = random.below(WRITERS as u64) as usize;
            processes[victim].kill();
            if kill % (kills / 3) == kills / 3 - 1 {
                used.push(used_when_quiet(&keeper, &families));
            }
            processes[victim] = storm.start();
        }
        storm.board.finish();
        processes.into_iter().for_each(Process::join);
        drop(calm_after);
        reader.join().expect("the observer found nothing")
    });
    println!("{kills} kills, {reads:?} reads, {used:?} bytes");
    storm.check(&observer, kills);
    assert!(reads.into_inner() > 100);
    // Writers are at work while this is measured, so it is not the same to the byte; a leak would grow with the kills.
    assert!(used[2] <= used[0] + 8192, "kills must leak nothing");
    used_when_quiet(&keeper, &families);
    let info = snapshot::info(&heap).unwrap();
    assert_eq!(info.series, LASTING + 6, "what was removed is gone");
    assert_eq!(info.writers.len(), WRITERS + 1, "slots are adopted");
    assert_eq!(info.dropped_series, 0);

    // A writer after the storm adds to the existing counts.
    let next = Writer::attach(&options(&storm.name), 0).unwrap();
    assert_eq!(Families::declare(&next).counter, families.counter);
    let before = observer.total("counter");
    let counter = bind(&next, families.counter, &Labels::new([]));
    assert!(next.counter_add(counter, 1.0).unwrap());
    let histogram = bind(&next, families.histogram, &Labels::new([]));
    assert!(next.histogram_observe(histogram, 3, 0.25).unwrap());
    observer.read();
    assert_eq!(observer.total("counter"), before + 1.0);

    drop((next, keeper));
    assert!(heap.is_closed());
    if let Some(key) = key {
        assert_eq!(leftovers::files(&key), Vec::<String>::new());
    }
}

#[test]
fn a_heap_ends_when_all_its_writers_were_killed() {
    let mut storm = Storm::new("over", WRITERS, 1);
    let processes: Vec<Process> = (0..WRITERS).map(|_| storm.start_writing()).collect();
    let heap = observe(&options(&storm.name)).unwrap();
    let key = leftovers::key(&heap);
    let mut observer = Observer::of(&heap);
    observer.read();
    processes.into_iter().for_each(|mut process| process.kill());
    observer.read();
    storm.check(&observer, WRITERS);

    // The next writer starts with an empty heap, and removes the files of the dead.
    let next = Writer::attach(&options(&storm.name), 0).unwrap();
    assert!(heap.is_closed());
    assert_eq!(snapshot::info(next.heap()).unwrap().series, 0);
    drop(next);
    if let Some(key) = key {
        assert_eq!(leftovers::files(&key), Vec::<String>::new());
    }
}

/// A debugger or SIGSTOP holds a writer at any point, with locks and unfinished updates.
#[cfg(unix)]
#[test]
fn a_stopped_writer_stops_no_other_writer() {
    use rustix::process::Signal;
    let mut random = Random::new();
    let mut storm = Storm::new("stopped", WRITERS, 1);
    let impatient = HeapOptions {
        lock_wait: HeapOptions::default().lock_wait,
        ..options(&storm.name)
    };
    let keeper = Writer::attach(&impatient, 0).unwrap();
    let families = Families::declare(&keeper);
    let counter = bind(&keeper, families.restarted, &Labels::new([]));
    let heap = observe(&options(&storm.name)).unwrap();
    let mut observer = Observer::of(&heap);
    let processes: Vec<Process> = (0..WRITERS).map(|_| storm.start_writing()).collect();
    let mut dropped = 0;
    for stop in 0..200 {
        let process = &processes[random.below(WRITERS as u64) as usize];
        process.signal(Signal::STOP);
        observer.read();
        keeper.counter_add(counter, 1.0).unwrap();
        // Made, or dropped after a short wait if the stopped one holds the lock: both are an answer.
        let series = keeper.bind(families.churn, &labels(1000 + stop)).unwrap();
        dropped += u64::from(series.is_none());
        process.signal(Signal::CONT);
    }
    println!("{dropped} of 200 new series met a stopped holder of the lock");
    assert_eq!(snapshot::info(&heap).unwrap().dropped_series, dropped);
    storm.board.finish();
    processes.into_iter().for_each(Process::join);
    observer.read();
    storm.check(&observer, 0);
}
