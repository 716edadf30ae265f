//! What processes use, read from outside of them, when they come and are killed.

#![cfg(all(target_os = "linux", not(feature = "portable")))]

use mpmetrics_core::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

const CHILD: &str = "MPMETRICS_TEST_PROCESS";

fn options(name: &str) -> HeapOptions {
    HeapOptions {
        name: Some(HeapName::new(name).unwrap()),
        ..HeapOptions::default()
    }
}

/// Not a test of its own: what the children do.
#[test]
fn child() {
    let Ok(name) = std::env::var(CHILD) else {
        return;
    };
    let _writer = Writer::attach(&options(&name), 0).unwrap();
    while process::read_usage(std::process::id())
        .unwrap()
        .cpu_user_seconds
        < 0.1
    {
        std::hint::black_box((0..100_000).sum::<u64>());
    }
    println!("busy");
    // The other end is closed when the parent is gone.
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// Starts a child, and returns when it has used some CPU time.
fn start(name: &str) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(CHILD, name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(
        lines
            .map_while(std::io::Result::ok)
            .any(|line| line.ends_with("busy"))
    );
    child
}

#[test]
fn cpu_time_never_goes_back_whoever_dies() {
    let name = format!("test-processes-{}", std::process::id());
    let keeper = Writer::attach(&options(&name), 0).unwrap();
    let second = Writer::attach(&options(&name), 1).unwrap();
    let read = || processes::read(keeper.heap()).unwrap();
    assert_eq!(read().attached.len(), 1, "two writers of one process");
    drop(second);
    let mut last = read().user_seconds;
    let mut used = Vec::new();
    for round in 0..4 {
        let mut children = [(); 2].map(|()| start(&name));
        let together = read();
        let mut pids: Vec<u32> = together
            .attached
            .iter()
            .map(|process| process.pid)
            .collect();
        let mut expected = vec![std::process::id(), children[0].id(), children[1].id()];
        pids.sort_unstable();
        expected.sort_unstable();
        assert_eq!(pids, expected);
        assert!(
            together
                .attached
                .iter()
                .all(|process| process.usage.resident_bytes > 0)
        );
        assert!(together.user_seconds >= last + 0.19, "round {round}");
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
            let left = read();
            assert!(left.user_seconds >= together.user_seconds);
        }
        last = read().user_seconds;
        assert_eq!(read().attached.len(), 1);
        used.push(snapshot::info(keeper.heap()).unwrap().used_bytes);
    }
    assert_eq!(used[0], used[3], "records are used again");
}
