//! Shortage, limits, stale series, and the heap's own metrics.

use mpmetrics_core::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Options of a private heap for one test.
fn options(series_limit: u32) -> HeapOptions {
    HeapOptions {
        series_limit,
        ..HeapOptions::default()
    }
}

fn spec(kind: Kind, name: &str) -> FamilySpec {
    FamilySpec {
        name: name.into(),
        kind,
        label_names: vec!["l".into()],
        ..FamilySpec::default()
    }
}

fn labels(number: u32) -> Labels {
    Labels::new([("l", number.to_string().as_str())])
}

/// The lines of a scrape at that time, without comments.
fn lines(heap: &Heap, monotonic: Option<f64>, own: bool) -> Vec<String> {
    let filter = snapshot::Filter {
        registries: vec![0],
        monotonic,
        self_metrics: own,
        ..Default::default()
    };
    let mut out = Vec::new();
    let families = snapshot::take(heap, &filter).unwrap();
    expose::encode(&families, expose::Format::Text, &mut out);
    let lines = String::from_utf8(out).unwrap();
    let lines = lines
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// The word in a writer's arena that changes when there is room again.
fn space_epoch(writer: &Writer) -> u64 {
    let chunk = writer.chunks().unwrap()[0];
    // SAFETY: the word lies in the chunk, which is mapped while the writer's heap lives.
    let word = unsafe { chunk.address.add(layout::control::SPACE_EPOCH as usize) };
    // SAFETY: as above; no other thread stores to this private heap now.
    unsafe { word.read_volatile() }
}

#[test]
fn a_writer_limits_the_series_of_a_family() {
    let writer = Writer::attach(&options(10), 0).unwrap();
    writer.registry("default").unwrap();
    let (family, _) = writer.declare(&spec(Kind::Counter, "c")).unwrap();
    let (other, _) = writer.declare(&spec(Kind::Counter, "other")).unwrap();
    for number in 0..10 {
        assert!(writer.bind(family, &labels(number)).unwrap().is_some());
    }
    for number in 10..20 {
        assert!(writer.bind(family, &labels(number)).unwrap().is_none());
        assert!(
            writer
                .bind_again(family, &labels(number))
                .unwrap()
                .is_none()
        );
    }
    assert_eq!(writer.last_shortage(), Some(Shortage::Limit));
    let limit = SeriesLimit {
        series: 10,
        of_heap: false,
    };
    assert_eq!(writer.last_limit(), Some(limit));
    assert!(writer.bind(other, &labels(0)).unwrap().is_some());
    let info = snapshot::info(writer.heap()).unwrap();
    assert_eq!((info.dropped_limit, info.dropped_series), (10, 10));
    let before = space_epoch(&writer);
    assert!(writer.remove_series(family, &labels(0)).unwrap());
    assert_eq!(space_epoch(&writer), before + 1);
    assert!(writer.remove_series(family, &labels(1)).unwrap());
    assert_eq!(space_epoch(&writer), before + 1, "nobody waits any more");
    assert!(writer.bind_again(family, &labels(10)).unwrap().is_some());
    assert_eq!(snapshot::info(writer.heap()).unwrap().dropped_series, 10);
}

#[test]
fn a_gauge_is_shown_at_zero_under_the_label_of_overflow_series() {
    let writer = Writer::attach(&options(10), 0).unwrap();
    writer.registry("default").unwrap();
    let (family, _) = writer.declare(&spec(Kind::Gauge, "g")).unwrap();
    let labels = Labels::new([("otel_metric_overflow", "true")]);
    let binding = writer.bind(family, &labels).unwrap().unwrap();
    assert!(writer.gauge_set(binding, 0.0).unwrap());
    let shown = lines(writer.heap(), None, false);
    assert_eq!(shown, ["g{otel_metric_overflow=\"true\"} 0"]);
}

#[test]
fn the_limit_of_the_heap_does_not_hold_for_a_family_without_labels() {
    let options = HeapOptions {
        max_series: 1,
        ..options(10)
    };
    let writer = Writer::attach(&options, 0).unwrap();
    writer.registry("default").unwrap();
    let labelled = writer.declare(&spec(Kind::Counter, "labelled")).unwrap().0;
    assert!(writer.bind(labelled, &labels(0)).unwrap().is_some());
    assert!(writer.bind(labelled, &labels(1)).unwrap().is_none());
    for (kind, name) in [(Kind::Counter, "c"), (Kind::Gauge, "g")] {
        let unlabelled = FamilySpec {
            label_names: vec![],
            ..spec(kind, name)
        };
        let family = writer.declare(&unlabelled).unwrap().0;
        let labels = Labels::new([("zone", "eu")]);
        assert!(writer.bind(family, &labels).unwrap().is_some(), "{name}");
    }
    assert!(writer.bind(labelled, &labels(1)).unwrap().is_none());
}

#[test]
fn an_overflow_series_has_no_limit_and_stays() {
    let options = HeapOptions {
        id: Some(0x0f10),
        max_series: 3,
        ..options(2)
    };
    let [writer, other] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    writer.registry("default").unwrap();
    let counter = FamilySpec {
        expire_after: 1.0,
        ..spec(Kind::Counter, "c")
    };
    let family = writer.declare(&counter).unwrap().0;
    let second = writer.declare(&spec(Kind::Histogram, "h")).unwrap().0;
    let overflow = Labels::new([("zone", "eu"), ("otel_metric_overflow", "true")]);
    let like = Labels::new([("l", "x,otel_metric_overflow=")]);
    // The family has its limit of 2, and then the heap its limit of 3.
    assert!(writer.bind(family, &labels(0)).unwrap().is_some());
    assert!(writer.bind(family, &like).unwrap().is_some());
    assert!(writer.bind(family, &labels(1)).unwrap().is_none());
    assert!(writer.bind(second, &labels(0)).unwrap().is_some());
    assert!(writer.bind(second, &labels(1)).unwrap().is_none());
    assert_eq!(writer.last_shortage(), Some(Shortage::Limit));
    let limit = SeriesLimit {
        series: 3,
        of_heap: true,
    };
    assert_eq!(writer.last_limit(), Some(limit));
    for writer in [&writer, &other] {
        assert!(writer.bind(family, &overflow).unwrap().is_some());
        assert!(writer.bind(second, &overflow).unwrap().is_some());
    }
    assert_eq!(snapshot::info(writer.heap()).unwrap().series, 3);
    let shown = |at: f64| -> Vec<String> {
        let mut lines = lines(writer.heap(), Some(at), false);
        lines.retain(|line| line.contains("otel_metric_overflow=\"true\""));
        lines
    };
    assert_eq!(shown(1000.0).len(), 0, "hidden until it counts");
    add(&writer, family, &overflow, 2.0);
    add(&other, family, &overflow, 3.0);
    let expected = ["c{zone=\"eu\",otel_metric_overflow=\"true\"} 5"];
    assert_eq!(shown(1001.0), expected);
    assert_eq!(shown(9999.0), expected, "it does not expire");
    // It starts from zero, and keeps its memory: the cell is the same.
    let place = writer.find(family, &overflow).unwrap().unwrap().cell;
    writer.reset_family(family).unwrap();
    assert_eq!(shown(10_000.0).len(), 0);
    let again = writer.bind(family, &overflow).unwrap().unwrap();
    assert_eq!(again.cell, place);
    assert!(writer.counter_add(again, 7.0).unwrap());
    drop(other);
    assert_eq!(
        shown(10_001.0),
        ["c{zone=\"eu\",otel_metric_overflow=\"true\"} 7"]
    );
    // Nobody needs it any more: its memory is free again, and the counts are right.
    for family in [family, second] {
        writer.unbind_family(family).unwrap();
    }
    assert_eq!(snapshot::info(writer.heap()).unwrap().series, 0);
}

#[test]
fn the_heap_measures_itself_when_it_is_asked_to() {
    let options = HeapOptions {
        id: Some(0x0e11),
        ..options(1)
    };
    let [one, two] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    one.registry("default").unwrap();
    let (family, _) = one.declare(&spec(Kind::Counter, "c")).unwrap();
    for number in 0..3 {
        one.bind(family, &labels(number)).unwrap();
    }
    drop(two);
    assert_eq!(lines(one.heap(), None, false), ["c{l=\"0\"} 0"]);
    let own = lines(one.heap(), None, true);
    let bytes = snapshot::info(one.heap()).unwrap().bytes;
    assert_eq!(
        own,
        [
            "c{l=\"0\"} 0",
            "mpmetrics_writers{state=\"live\"} 1",
            "mpmetrics_writers{state=\"dead\"} 1",
            "mpmetrics_series 1",
            &format!("mpmetrics_heap_bytes {bytes}"),
            "mpmetrics_adoptions_total 0",
            "mpmetrics_dropped_series_total{reason=\"full\"} 0",
            "mpmetrics_dropped_series_total{reason=\"busy\"} 0",
            "mpmetrics_dropped_series_total{reason=\"limit\"} 2",
            "mpmetrics_conflicts_total 0",
            "mpmetrics_partial{reason=\"removed_files\"} 0",
            "mpmetrics_partial{reason=\"private\"} 0",
            "mpmetrics_partial{reason=\"lease\"} 0",
            "mpmetrics_partial{reason=\"user\"} 0",
            "mpmetrics_partial{reason=\"mount_namespace\"} 0",
            "mpmetrics_read_retries_total 0",
            "mpmetrics_unanswered_collects_total 0",
        ]
    );
}

/// Adds to a counter, or to a gauge, as its users do: a binding that does not hold is made again.
fn add(writer: &Writer, family: u32, labels: &Labels, value: f64) {
    for _ in 0..100 {
        let binding = writer.bind(family, labels).unwrap().unwrap();
        if writer.counter_add(binding, value).unwrap() {
            return;
        }
    }
    panic!("the series is removed again and again");
}

/// Ends another thread, also when an assertion fails.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_series_that_is_updated_to_its_old_value_is_not_stale() {
    let writer = Writer::attach(&options(100), 0).unwrap();
    writer.registry("default").unwrap();
    let gauge = FamilySpec {
        expire_after: 60.0,
        ..spec(Kind::Gauge, "g")
    };
    let family = writer.declare(&gauge).unwrap().0;
    let set = |value: f64| {
        let binding = writer.bind(family, &labels(0)).unwrap().unwrap();
        assert!(writer.gauge_set(binding, value).unwrap());
    };
    set(1.0);
    for scrape in 0..10 {
        let at = 1000.0 + 50.0 * f64::from(scrape);
        assert_eq!(lines(writer.heap(), Some(at), false), ["g{l=\"0\"} 1"]);
        set(2.0);
        set(1.0);
    }
}

#[test]
fn an_update_while_its_series_is_removed_is_on_a_page() {
    const SERIES: u32 = 8;
    let options = HeapOptions {
        id: Some(0x57a1e),
        ..options(100)
    };
    let started = AtomicUsize::new(0);
    let pages: Mutex<Vec<Vec<String>>> = Mutex::default();
    let is_over = AtomicBool::new(false);
    let writer = Writer::attach(&options, 0).unwrap();
    writer.registry("default").unwrap();
    let counter = FamilySpec {
        expire_after: 1.0,
        ..spec(Kind::Counter, "c")
    };
    let family = writer.declare(&counter).unwrap().0;
    let removed = std::thread::scope(|threads| {
        threads.spawn(|| {
            let scraper = Writer::attach(&options, 1).unwrap();
            while !is_over.load(Ordering::SeqCst) {
                let number = started.fetch_add(1, Ordering::SeqCst) + 1;
                // The time between two scrapes makes each series stale that was not updated since.
                let page = lines(scraper.heap(), Some(100.0 * number as f64), false);
                pages.lock().unwrap().push(page);
            }
        });
        let _end = OnDrop(&is_over);
        let mut removed = 0;
        for update in 0..400 {
            let labels = labels(update % SERIES);
            removed += u32::from(writer.find(family, &labels).unwrap().is_none());
            let before = started.load(Ordering::SeqCst);
            add(&writer, family, &labels, 1.0);
            // Either the concurrent page or the next one shows the update.
            let after = started.load(Ordering::SeqCst);
            let pages = loop {
                if let Some(pages) = pages.lock().unwrap().get(before.saturating_sub(1)..=after) {
                    break pages.concat();
                }
                std::thread::yield_now();
            };
            let wanted = format!("c{{l=\"{}\"}}", update % SERIES);
            assert!(
                pages.iter().any(|line| line.starts_with(&wanted)),
                "{wanted} is not in {pages:?}"
            );
        }
        removed
    });
    assert!(removed > 20, "series were removed in between: {removed}");
}

#[test]
fn series_without_updates_expire_if_their_family_says_so() {
    let writer = Writer::attach(&options(100), 0).unwrap();
    writer.registry("default").unwrap();
    let declare = |name: &str, expire_after: f64| {
        let spec = FamilySpec {
            expire_after,
            ..spec(Kind::Counter, name)
        };
        writer.declare(&spec).unwrap().0
    };
    let (fleeting, lasting) = (declare("fleeting", 60.0), declare("lasting", 0.0));
    let bound = [0, 1].map(|number| writer.bind(fleeting, &labels(number)).unwrap().unwrap());
    writer.bind(lasting, &labels(0)).unwrap();
    let update = || add(&writer, fleeting, &labels(1), 1.0);
    let at = |seconds: f64| lines(writer.heap(), Some(seconds), false).len();
    assert_eq!(at(1000.0), 3);
    update();
    assert_eq!(at(1030.0), 3);
    assert_eq!(at(1060.0), 3, "not longer than 60 seconds");
    let used = || snapshot::info(writer.heap()).unwrap().used_bytes;
    let before = used();
    assert_eq!(at(1061.0), 2);
    assert!(used() < before);
    assert!(!writer.counter_add(bound[0], 1.0).unwrap());
    update();
    assert_eq!(at(1091.0), 2);
    assert_eq!(at(1200.0), 1);
    assert_eq!(at(9999.0), 1);
}

#[test]
fn series_of_dead_writers_gauges_free_their_memory() {
    let options = HeapOptions {
        id: Some(0xdead),
        ..options(100)
    };
    let [one, two] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    one.registry("default").unwrap();
    let gauge = one.declare(&spec(Kind::Gauge, "g")).unwrap().0;
    let counter = one.declare(&spec(Kind::Counter, "c")).unwrap().0;
    // The label is a default label of all series of the process, and the gauge does not declare it.
    let plain = FamilySpec {
        label_names: Vec::new(),
        ..spec(Kind::Gauge, "plain")
    };
    let plain = one.declare(&plain).unwrap().0;
    for (number, writer) in [(1, &one), (2, &two)] {
        for family in [gauge, counter, plain] {
            let binding = writer.bind(family, &labels(number)).unwrap().unwrap();
            if family == counter {
                writer.counter_add(binding, 1.0).unwrap();
            } else {
                writer.gauge_set(binding, 1.0).unwrap();
            }
        }
    }
    let series = || snapshot::info(one.heap()).unwrap().series;
    let at = |seconds: f64| lines(one.heap(), Some(seconds), false);
    assert_eq!(at(1000.0).len(), 6);
    drop(two);
    let left = [
        "g{l=\"1\"} 1",
        "c{l=\"1\"} 1",
        "c{l=\"2\"} 1",
        "plain{l=\"1\"} 1",
    ];
    assert_eq!(at(1001.0), left);
    assert_eq!((at(1601.0).len(), series()), (4, 6));
    assert_eq!((at(1602.0).len(), series()), (4, 4));
}
