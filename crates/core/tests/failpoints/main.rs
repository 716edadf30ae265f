//! A writer dies after each of its stores to shared memory, and another writer goes on.
//!
//! For each operation, one process records its stores. Then, for each store, another process ends right after it. A survivor
//! attaches: the heap must be sound, the page must show a state between before and after, and the survivor repeats the
//! operation. The code has no marks, because `sync.rs` counts every store.
//!
//! `EVERY=1 cargo test --release -p mpmetrics-core --features failpoints --test failpoints -- --nocapture` dies after every
//! store, and lists all points. Without `EVERY`, stores in loops are sampled.
#![cfg(target_os = "linux")]

mod families;
#[path = "../support/leftovers.rs"]
mod leftovers;
mod operations;
mod scene;
mod sites;
mod work;
mod wrecks;

use operations::{OPERATIONS, Operation};
use scene::{Outcome, Scene};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A store in a loop is sampled: its first passes, its last one, and each pass at a multiple of `EACH`.
const FIRST: usize = 1;
const EACH: usize = 256;

/// Runs in a process of its own, and dies there.
#[test]
#[ignore = "the process that dies"]
fn dying_process() {
    scene::die();
}

#[test]
fn a_death_after_any_store_leaves_a_usable_heap() {
    let started = std::time::Instant::now();
    let passed = Mutex::new(BTreeMap::<String, BTreeSet<&str>>::new());
    let [deaths, outlived] = [0, 0].map(AtomicUsize::new);
    let take = |operation: &'static Operation| {
        let run = run(operation);
        deaths.fetch_add(run.deaths, Ordering::Relaxed);
        outlived.fetch_add(run.outlived, Ordering::Relaxed);
        let mut passed = passed.lock().unwrap();
        for point in run.points {
            passed.entry(point).or_default().insert(operation.name);
        }
    };
    // One at a time: a process that makes a heap sweeps, and would remove the heaps without a holder that other operations
    // need.
    let (kept, alone): (Vec<_>, Vec<_>) = OPERATIONS.iter().partition(|operation| operation.kept);
    alone.into_iter().for_each(take);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(operation) = kept.get(next.fetch_add(1, Ordering::Relaxed)) {
                    take(operation);
                }
            });
        }
    });
    let passed = passed.into_inner().unwrap();
    if every() {
        for (point, operations) in &passed {
            println!("{point}: {operations:?}");
        }
    }
    let alone: BTreeSet<String> = operations::alone().into_iter().map(scene::named).collect();
    let missed: Vec<String> = sites::all()
        .into_iter()
        .filter(|site| !passed.contains_key(site) && !alone.contains(site))
        .collect();
    println!(
        "FIGURES {{\"operations\":{},\"points\":{},\"deaths\":{},\"outlived\":{},\"seconds\":{}}}",
        OPERATIONS.len(),
        passed.len(),
        deaths.load(Ordering::Relaxed),
        outlived.load(Ordering::Relaxed),
        started.elapsed().as_secs(),
    );
    assert_eq!(
        missed,
        Vec::<String>::new(),
        "no operation comes by these stores"
    );
}

/// Whether to die after every store.
fn every() -> bool {
    std::env::var_os("EVERY").is_some()
}

struct Run {
    /// The stores that were passed, as `file:line`.
    points: BTreeSet<String>,
    deaths: usize,
    /// Processes that made fewer stores than the first one did, since the time of day is another.
    outlived: usize,
}

fn run(operation: &'static Operation) -> Run {
    let points = Scene::new(operation).record();
    assert!(!points.is_empty(), "{} stores nothing", operation.name);
    let before = Scene::new(operation).survive(Outcome::Idle);
    let after = Scene::new(operation).survive(Outcome::Done);
    // By the next store: the end of a loop is another point than its middle.
    let mut seen = BTreeMap::<(&str, Option<&String>), usize>::new();
    let last: BTreeMap<&str, usize> = (0..)
        .zip(&points)
        .map(|(index, point)| (point.as_str(), index))
        .collect();
    let (mut deaths, mut outlived) = (0, 0);
    for (index, point) in points.iter().enumerate() {
        let turn = seen.entry((point, points.get(index + 1))).or_default();
        *turn += 1;
        if !every() && *turn > FIRST && last[point.as_str()] != index && index % EACH != 0 {
            continue;
        }
        let found = Scene::new(operation).survive(Outcome::Dead {
            stores: index + 1,
            point,
        });
        deaths += usize::from(found.died);
        outlived += usize::from(!found.died);
        found.is_between(&before, &after);
    }
    println!(
        "{}: {} stores, {deaths} deaths",
        operation.name,
        points.len()
    );
    Run {
        points: points.into_iter().collect(),
        deaths,
        outlived,
    }
}
