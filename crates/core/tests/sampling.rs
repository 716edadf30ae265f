//! Exemplars of traces: one writer looks in each interval, and an exemplar stays for 7 to 70 seconds.

#[path = "support/heaps.rs"]
mod heaps;

use heaps::{labels, pair, spec, text};
use mpmetrics_core::*;
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

/// Binds a writer to a series of a traced counter. The second value is the number of the series.
fn bound(writer: &Writer) -> (Binding, u32) {
    let traced = FamilySpec {
        exemplars: true,
        traced: true,
        ..spec(Kind::Counter, "c", &["l"])
    };
    let (family, _) = writer.declare(&traced).unwrap();
    // Not the first series of the heap, so that its number is not 0.
    let others = ["a", "b"].map(|other| writer.bind(family, &labels(other)).unwrap());
    let binding = others[1].unwrap();
    let number = writer.series_number(binding).unwrap().unwrap();
    (binding, number)
}

fn seconds() -> f64 {
    UNIX_EPOCH.elapsed().unwrap().as_secs_f64()
}

#[test]
fn one_writer_looks_at_a_bucket_in_each_interval() {
    let [one, two] = pair();
    let [(first, number), (second, same)] = [&one, &two].map(bound);
    assert_eq!(number, same);
    let begin = Instant::now();
    let mut looks = 0;
    while begin.elapsed() < Duration::from_millis(500) {
        for (writer, binding) in [(&one, first), (&two, second)] {
            let wait = writer.exemplar_wait(binding, number, 0).unwrap();
            assert!((0.0..=LOOK_INTERVAL).contains(&wait), "{wait}");
            looks += u32::from(wait == 0.0);
        }
    }
    // The first and the last interval are not whole.
    let most = begin.elapsed().as_secs_f64() / LOOK_INTERVAL + 2.0;
    assert!(looks >= 1 && f64::from(looks) <= most, "{looks} looks");
    assert_eq!(
        text(one.heap()),
        "c{l=\"a\"} 0\nc{l=\"b\"} 0",
        "nothing is counted"
    );
}

/// The first answer of a writer that may look, or that knows a young exemplar.
fn turn(writer: &Writer, binding: Binding, number: u32, tag: u32) -> f64 {
    loop {
        let wait = writer.exemplar_wait(binding, number, tag).unwrap();
        if wait == 0.0 || wait > LOOK_INTERVAL {
            return wait;
        }
        thread::sleep(Duration::from_secs_f64(wait));
    }
}

#[test]
fn an_exemplar_of_any_writer_stays_for_seven_seconds() {
    let [one, two] = pair();
    let [(first, number), (second, _)] = [&one, &two].map(bound);
    let id = Labels::new([("trace_id", "x")]);
    let store = |age: f64| {
        let time = seconds() - age;
        assert!(two.exemplar_store(second, 0, 1.0, time, &id).unwrap());
    };
    assert_eq!(turn(&one, first, number, 0), 0.0);
    store(2.0);
    let wait = turn(&one, first, number, 0);
    assert!(wait > 4.0 && wait <= 5.0, "{wait}");
    // Another bucket has no exemplar.
    assert_eq!(turn(&one, first, number, 1), 0.0);
    store(7.1);
    assert_eq!(turn(&one, first, number, 0), 0.0);
    // Of a clock that was set back.
    store(-1000.0);
    assert_eq!(turn(&one, first, number, 0), 0.0);
    store(1.0);
    drop(two);
    let wait = turn(&one, first, number, 0);
    assert!(wait > 5.0 && wait <= 6.0, "its writer has ended: {wait}");
}

#[test]
fn a_scrape_shows_no_exemplar_of_a_trace_that_is_older_than_seventy_seconds() {
    let [one, _two] = pair();
    let (first, _) = bound(&one);
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    for (age, shown) in [(69.0, 1), (71.0, 0)] {
        let id = Labels::new([("trace_id", "x")]);
        one.exemplar_store(first, 0, 1.0, seconds() - age, &id)
            .unwrap();
        let families = snapshot::take(one.heap(), &filter).unwrap();
        assert_eq!(families[0].exemplars.len(), shown, "after {age} seconds");
    }
}
