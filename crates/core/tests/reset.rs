//! Starting a family from zero, while other threads make and remove its series.

use mpmetrics_core::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Ends the other threads, also after a panic.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn labels(value: &str) -> Labels {
    Labels::new([("i", value)])
}

#[test]
fn a_reset_takes_every_series_that_was_there_when_it_began() {
    let options = HeapOptions {
        id: Some(0x5e5e7),
        // Three threads ask for the lock all the time, and a busy machine lets one of them wait long.
        lock_wait: Duration::from_secs(30),
        ..HeapOptions::default()
    };
    let writer = Writer::attach(&options, 0).unwrap();
    let spec = FamilySpec {
        registries: vec![writer.registry("default").unwrap()],
        name: "c".into(),
        kind: Kind::Counter,
        label_names: vec!["i".into()],
        ..FamilySpec::default()
    };
    let family = writer.declare(&spec).unwrap().0;
    let filler = FamilySpec {
        name: "filler".into(),
        ..spec
    };
    let filler = writer.declare(&filler).unwrap().0;
    // The walk passes these first, so that other threads have time to make a series before it reaches theirs.
    for number in 0..2000 {
        writer.bind(filler, &labels(&number.to_string())).unwrap();
    }
    let is_over = AtomicBool::new(false);
    let left = std::thread::scope(|threads| {
        for thread in [1, 2] {
            let (options, is_over) = (&options, &is_over);
            threads.spawn(move || {
                let other = Writer::attach(options, thread).unwrap();
                for round in 0.. {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    // Of many lengths, so that the text of a new record may lie where a freed record had its length.
                    let passing = labels(&format!("t{thread}{}", "x".repeat(round * 7 % 97)));
                    other.bind(family, &passing).unwrap();
                    other.remove_series(family, &passing).unwrap();
                }
            });
        }
        let _end = End(&is_over);
        let mut left = 0;
        for _ in 0..1000 {
            // Numbers of removed series are used again, so the other threads' numbers are below the last one.
            for name in ["first", "second", "last"] {
                writer.bind(family, &labels(name)).unwrap();
            }
            for name in ["first", "second"] {
                writer.remove_series(family, &labels(name)).unwrap();
            }
            writer.reset_family(family).unwrap();
            left += u32::from(writer.find(family, &labels("last")).unwrap().is_some());
        }
        left
    });
    assert_eq!(left, 0);
}
