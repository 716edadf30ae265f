//! A heap whose files were removed while it was in use. Its members go on, and do not touch the next heap of the name. Files
//! without a heap are removed.

// Only there all files lie where they can be seen.
#![cfg(all(target_os = "linux", not(feature = "portable")))]

#[path = "support/leftovers.rs"]
mod leftovers;
#[allow(dead_code, reason = "other tests signal and kill")]
#[path = "support/process.rs"]
mod process;

use mpmetrics_core::*;
use process::Process;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The environment's word for the heap of [`newcomer`].
const NAME: &str = "REMOVED_NAME";

/// The code of a process that joins the heap of that name, which is a new one by then, and counts there until it is killed.
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

#[test]
fn a_heap_with_removed_files_leaves_the_next_heap_alone() {
    let name = format!("removed-{}", std::process::id());
    let options = HeapOptions {
        name: Some(HeapName::new(&name).unwrap()),
        ..HeapOptions::default()
    };
    let old = Writer::attach(&options, 0).unwrap();
    let key = leftovers::key(old.heap()).unwrap();
    for name in leftovers::files(&key) {
        std::fs::remove_file(Path::new("/dev/shm").join(name)).unwrap();
    }
    let mut other = Process::start("newcomer", &[(NAME, name.as_str())]);
    let next = loop {
        other.assert_running();
        // This process has the old heap mapped under the name. The lease shows the new one.
        let files = leftovers::files(&key);
        if files.iter().any(|file| file.ends_with(".w0")) && files.len() >= 5 {
            break files;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert_eq!(partial(old.heap()), Some(1.0));
    // The old heap grows on, under names that no other heap has.
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
    // Another thread of this process joins the new heap.
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

/// The heap's own metric: whether other processes use another heap of the name.
fn partial(heap: &Heap) -> Option<f64> {
    let filter = snapshot::Filter {
        self_metrics: true,
        ..snapshot::Filter::default()
    };
    let mut text = Vec::new();
    expose::scrape(heap, &filter, expose::Format::Text, &mut text).unwrap();
    let page = String::from_utf8(text).unwrap();
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix("mpmetrics_partial{reason=\"removed_files\"} "));
    line.map(|value| value.parse().unwrap())
}

/// The files of a heap without a gate, as old as that. The letters of the heap.
fn without_gate(number: u32, suffixes: &[&str], age: Duration) -> (String, Vec<File>) {
    let letters = format!("mpm.01{number}{:012}", std::process::id());
    let files = suffixes.iter().map(|suffix| {
        let path = Path::new("/dev/shm").join(format!("{letters}.{suffix}"));
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600);
        let file = file.open(path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
        file
    });
    let files = files.collect();
    (letters, files)
}

#[test]
fn the_files_of_a_heap_without_a_gate_are_removed_when_they_are_old_and_no_process_holds_one() {
    const OLD: Duration = Duration::from_secs(120);
    // The files of a heap that was damaged, with a segment of a layout without tags.
    let damaged = ["tag", "0", "abcdefg.0", "abcdefg.1"];
    let young = without_gate(1, &["map", "w0"], Duration::ZERO);
    let held = without_gate(2, &["map", "w0"], OLD);
    held.1[1].lock().unwrap();
    let part = without_gate(3, &["abcdefg.1", "abcdefg.part"], OLD);
    part.1[1].lock_shared().unwrap();
    let is_gone = |letters: &str| leftovers::files(letters).is_empty();
    for remove in [sweep_orphans, || drop(clean(false).unwrap())] {
        for suffixes in [&["map", "w0"][..], &damaged] {
            let (letters, _) = without_gate(4, suffixes, OLD);
            // Another process may hold the gate for its own sweep.
            assert!((0..1000).any(|_| {
                remove();
                is_gone(&letters)
            }));
        }
    }
    let is_listed = |letters: &str| {
        let found = heaps().unwrap().into_iter();
        let mut same = found.filter(|heap| letters.ends_with(&heap.key));
        same.any(|heap| heap.state == HeapState::Left)
    };
    // Any process of this user may sweep before.
    assert!((0..1000).any(|_| is_listed(&without_gate(5, &["map", "w0"], OLD).0)));
    for (letters, _) in [&young, &held, &part] {
        assert_eq!(leftovers::files(letters).len(), 2, "{letters}");
        assert!(!is_listed(letters));
    }
    drop((held.1, part.1));
    for letters in [young.0, held.0, part.0] {
        for name in leftovers::files(&letters) {
            // A sweep may remove it before.
            let _ = std::fs::remove_file(Path::new("/dev/shm").join(name));
        }
    }
}
