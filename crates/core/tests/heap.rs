//! The heap from the outside: several writers in one process, shared and private.

use mpmetrics_core::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Options of a shared heap that no other test uses.
fn shared() -> HeapOptions {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "test-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    HeapOptions {
        name: Some(HeapName::new(&name).unwrap()),
        ..HeapOptions::default()
    }
}

fn spec(kind: Kind, name: &str, labels: &[&str]) -> FamilySpec {
    FamilySpec {
        registries: vec![0],
        name: name.into(),
        help: "help".into(),
        kind,
        label_names: labels.iter().map(|label| label.to_string()).collect(),
        bounds: if kind == Kind::Histogram {
            vec![0.1, 1.0]
        } else {
            vec![]
        },
        ..FamilySpec::default()
    }
}

fn text(heap: &Heap) -> String {
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    let mut out = Vec::new();
    expose::scrape(heap, &filter, expose::Format::Text, &mut out).unwrap();
    String::from_utf8(out)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>()
        .join("\n")
}

fn labels(value: &str) -> Labels {
    Labels::new([("l", value)])
}

#[test]
fn writers_share_a_series_and_a_scrape_adds_them_up() {
    for options in [
        shared(),
        HeapOptions {
            id: Some(7),
            ..HeapOptions::default()
        },
    ] {
        let [one, two] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
        assert_eq!((one.slot(), two.slot()), (0, 1));
        for (writer, value) in [(&one, 1.0), (&two, 2.5)] {
            assert_eq!(writer.registry("default").unwrap(), 0);
            let (family, conflict) = writer.declare(&spec(Kind::Counter, "c", &["l"])).unwrap();
            assert!(!conflict);
            let binding = writer.bind(family, &labels("x")).unwrap().unwrap();
            assert!(writer.counter_add(binding, value).unwrap());
            let (family, _) = writer.declare(&spec(Kind::Histogram, "h", &[])).unwrap();
            let binding = writer.bind(family, &Labels::new([])).unwrap().unwrap();
            assert!(writer.histogram_observe(binding, 1, value).unwrap());
        }
        assert_eq!(
            text(one.heap()),
            "c{l=\"x\"} 3.5\n\nh_bucket{le=\"0.1\"} 0\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 2\nh_sum 3.5\nh_count 2"
        );
    }
}

#[test]
fn a_slot_is_adopted_with_its_counts_and_without_its_gauges() {
    let options = shared();
    let keeper = Writer::attach(&options, 0).unwrap();
    let first = Writer::attach(&options, 1).unwrap();
    let bind = |writer: &Writer| {
        writer.registry("default").unwrap();
        let (counter, _) = writer.declare(&spec(Kind::Counter, "c", &[])).unwrap();
        let (gauge, _) = writer.declare(&spec(Kind::Gauge, "g", &["l"])).unwrap();
        [(counter, Labels::new([])), (gauge, labels("x"))]
            .map(|(family, labels)| writer.bind(family, &labels).unwrap().unwrap())
    };
    let [counter, gauge] = bind(&first);
    first.counter_add(counter, 5.0).unwrap();
    first.gauge_set(gauge, 7.0).unwrap();
    assert_eq!(text(keeper.heap()), "c 5\n\ng{l=\"x\"} 7");
    drop(first);
    assert_eq!(text(keeper.heap()), "c 5\n");
    let second = Writer::attach(&options, 2).unwrap();
    assert_eq!((second.slot(), second.incarnation()), (1, 2));
    let [again, gauge] = bind(&second);
    assert_eq!(again.cell, counter.cell);
    second.counter_add(again, 1.0).unwrap();
    second.gauge_add(gauge, 1.0).unwrap();
    assert_eq!(text(keeper.heap()), "c 6\n\ng{l=\"x\"} 1");
    assert_eq!(snapshot::info(keeper.heap()).unwrap().adoptions, 1);
}

#[test]
fn of_times_the_latest_is_taken_where_others_are_added_up() {
    let options = shared();
    let [one, two] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    let [first, second] = [&one, &two].map(|writer| {
        writer.registry("default").unwrap();
        let (family, _) = writer.declare(&spec(Kind::Gauge, "g", &[])).unwrap();
        writer.bind(family, &Labels::new([])).unwrap().unwrap()
    });
    one.gauge_set(first, 5.0).unwrap();
    two.gauge_set(second, 7.0).unwrap();
    assert_eq!(text(one.heap()), "g 12");
    one.gauge_set_time(first, 9.0).unwrap();
    assert_eq!(text(one.heap()), "g 9");
    one.gauge_set(first, 6.0).unwrap();
    assert_eq!(text(one.heap()), "g 7");
    drop(one);
    let one = Writer::attach(&options, 0).unwrap();
    assert_eq!(text(one.heap()), "g 7");
}

#[test]
fn removal_sends_all_writers_back_and_gives_the_memory_back() {
    let options = shared();
    let [one, two] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    one.registry("default").unwrap();
    let families =
        [&one, &two].map(|writer| writer.declare(&spec(Kind::Counter, "c", &["l"])).unwrap().0);
    let mut used = Vec::new();
    for round in 0..6 {
        for number in 0..500 {
            let labels = labels(&format!("{round}-{number}"));
            for (writer, family) in [(&one, families[0]), (&two, families[1])] {
                let binding = writer.bind(family, &labels).unwrap().unwrap();
                assert!(writer.counter_add(binding, 1.0).unwrap());
            }
        }
        assert_eq!(
            text(one.heap())
                .lines()
                .filter(|line| line.ends_with(" 2"))
                .count(),
            500
        );
        for number in 0..500 {
            let labels = labels(&format!("{round}-{number}"));
            let held = two.find(families[1], &labels).unwrap().unwrap();
            assert!(one.remove_series(families[0], &labels).unwrap());
            assert!(
                !two.counter_add(held, 1.0).unwrap(),
                "a held binding ends with its series"
            );
        }
        assert_eq!(text(one.heap()), "");
        used.push(snapshot::info(one.heap()).unwrap().used_bytes);
    }
    assert_eq!(used[1], used[5]);
}

#[test]
fn a_reset_starts_everybody_from_zero() {
    let writer = Writer::attach(&shared(), 0).unwrap();
    writer.registry("default").unwrap();
    let (family, _) = writer.declare(&spec(Kind::Counter, "c", &[])).unwrap();
    let binding = writer.bind(family, &Labels::new([])).unwrap().unwrap();
    writer.counter_add(binding, 3.0).unwrap();
    writer.reset_family(family).unwrap();
    assert!(!writer.counter_add(binding, 1.0).unwrap());
    let binding = writer.bind(family, &Labels::new([])).unwrap().unwrap();
    writer.counter_add(binding, 1.0).unwrap();
    assert_eq!(text(writer.heap()), "c 1");
}

#[test]
fn a_series_that_is_restarted_keeps_its_place_and_is_created_anew() {
    let writer = Writer::attach(&shared(), 0).unwrap();
    let registry = writer.registry("default").unwrap();
    let (family, _) = writer.declare(&spec(Kind::Counter, "c", &["x"])).unwrap();
    let labels = ["a", "b"].map(|value| Labels::new([("x", value)]));
    for labels in &labels {
        let binding = writer.bind(family, labels).unwrap().unwrap();
        writer.counter_add(binding, 3.0).unwrap();
    }
    assert!(writer.restart_series(family, &labels[0]).unwrap());
    writer.bind(family, &labels[0]).unwrap().unwrap();
    assert_eq!(text(writer.heap()), "c{x=\"a\"} 0\nc{x=\"b\"} 3");
    let filter = snapshot::Filter {
        registries: vec![registry],
        ..Default::default()
    };
    let families = snapshot::take(writer.heap(), &filter).unwrap();
    let [one, other] = &families[0].series[..] else {
        panic!("two series are there")
    };
    assert!(one.made < other.made && one.created > other.created);
    let never = Labels::new([("x", "never")]);
    assert!(!writer.restart_series(family, &never).unwrap());
}

#[test]
fn aggregators_do_what_their_names_say() {
    let options = shared();
    let writers = [0, 1, 2].map(|thread| Writer::attach(&options, thread).unwrap());
    writers[0].registry("default").unwrap();
    let aggregators = [
        (Aggregator::Sum, "6"),
        (Aggregator::Min, "2"),
        (Aggregator::Max, "4"),
        (Aggregator::Average, "3"),
        (Aggregator::First, "4"),
        (Aggregator::Shared, "2"),
    ];
    for (aggregator, expected) in aggregators {
        let name = format!("g_{aggregator:?}");
        let spec = FamilySpec {
            aggregator,
            ..spec(Kind::Gauge, &name, &[])
        };
        // The third writer declares the gauge, and never sets it.
        for (writer, value) in writers.iter().zip([Some(4.0), Some(2.0), None]) {
            let (family, _) = writer.declare(&spec).unwrap();
            let binding = writer.bind(family, &Labels::new([])).unwrap().unwrap();
            if let Some(value) = value {
                let set = if spec.is_shared() {
                    Writer::shared_set
                } else {
                    Writer::gauge_set
                };
                assert!(set(writer, binding, value).unwrap());
            }
        }
        let shown = text(writers[2].heap());
        assert!(shown.contains(&format!("{name} {expected}")), "{shown}");
    }
    let all = FamilySpec {
        aggregator: Aggregator::All,
        ..spec(Kind::Gauge, "g_all", &["l"])
    };
    // Three threads of one process make one series.
    for writer in &writers {
        let (family, _) = writer.declare(&all).unwrap();
        let binding = writer.bind(family, &labels("x")).unwrap().unwrap();
        writer.gauge_set(binding, 1.0).unwrap();
    }
    let expected = format!("g_all{{l=\"x\",pid=\"{}\"}} 3", std::process::id());
    assert!(text(writers[0].heap()).contains(&expected));
    // A label that does so already is not given a second time.
    let labels = Labels::new([("l", "y"), ("pid", "7")]);
    for writer in &writers {
        let (family, _) = writer.declare(&all).unwrap();
        let binding = writer.bind(family, &labels).unwrap().unwrap();
        writer.gauge_set(binding, 1.0).unwrap();
    }
    assert!(text(writers[0].heap()).contains("g_all{l=\"y\",pid=\"7\"} 3"));
}

#[test]
fn a_heap_grows_through_many_segments() {
    let options = shared();
    let writer = Writer::attach(&options, 0).unwrap();
    writer.registry("default").unwrap();
    let (family, _) = writer.declare(&spec(Kind::Counter, "c", &["l"])).unwrap();
    let observer = observe(&options).unwrap();
    for number in 0..20_000 {
        let binding = writer
            .bind(family, &labels(&number.to_string()))
            .unwrap()
            .unwrap();
        assert!(writer.counter_add(binding, f64::from(number)).unwrap());
    }
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    let families = snapshot::take(&observer, &filter).unwrap();
    assert_eq!(families[0].series.len(), 20_000);
    for (number, series) in families[0].series.iter().enumerate() {
        assert_eq!(series.value, Value::Number(number as f64));
        assert_eq!(families[0].labels(series), format!("l=\"{number}\""));
    }
    assert!(snapshot::info(&observer).unwrap().segments > 3);
}

#[test]
fn the_last_writer_out_takes_the_files_along() {
    let options = shared();
    let writer = Writer::attach(&options, 0).unwrap();
    let observer = observe(&options).unwrap();
    drop(writer);
    assert!(observer.is_closed());
    assert!(matches!(observe(&options), Err(Error::NoSuchHeap)));
    let again = Writer::attach(&options, 0).unwrap();
    assert_ne!(again.heap().id(), observer.id());
}

#[test]
fn another_id_is_refused_while_the_heap_is_held() {
    let options = HeapOptions {
        id: Some(1),
        ..shared()
    };
    let _writer = Writer::attach(&options, 0).unwrap();
    let other = HeapOptions {
        id: Some(2),
        ..options.clone()
    };
    assert!(matches!(Writer::attach(&other, 0), Err(Error::IdMismatch)));
    assert!(Writer::attach(&options, 0).is_ok());
}

#[test]
fn a_different_declaration_is_another_generation_of_the_family() {
    let options = shared();
    let [old, new] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    old.registry("default").unwrap();
    let (before, _) = old.declare(&spec(Kind::Counter, "c", &[])).unwrap();
    old.counter_add(old.bind(before, &Labels::new([])).unwrap().unwrap(), 1.0)
        .unwrap();
    let (after, conflict) = new.declare(&spec(Kind::Counter, "c", &["l"])).unwrap();
    assert!(conflict && before != after);
    new.counter_add(new.bind(after, &labels("x")).unwrap().unwrap(), 2.0)
        .unwrap();
    assert_eq!(text(new.heap()), "c 1");
    drop(old);
    assert_eq!(text(new.heap()), "c{l=\"x\"} 2");
    assert_eq!(snapshot::info(new.heap()).unwrap().conflicts, 1);
}

#[test]
fn summaries_merge_over_writers_and_forget_old_windows() {
    let options = shared();
    let [one, two] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    one.registry("default").unwrap();
    let spec = FamilySpec {
        bounds: vec![0.5, 0.9],
        windows: 5,
        interval: 10.0,
        ..spec(Kind::Summary, "s", &[])
    };
    let bound = [&one, &two].map(|writer| {
        let (family, _) = writer.declare(&spec).unwrap();
        (
            writer,
            writer.bind(family, &Labels::new([])).unwrap().unwrap(),
        )
    });
    for (number, (writer, binding)) in bound.iter().enumerate() {
        for value in 1..=1000 {
            let value = f64::from(value * 2 - number as i32);
            assert!(writer.summary_observe(*binding, 100, value).unwrap());
        }
    }
    let at = |monotonic: f64| {
        let filter = snapshot::Filter {
            registries: vec![0],
            monotonic: Some(monotonic),
            ..Default::default()
        };
        let family = snapshot::take(one.heap(), &filter).unwrap().remove(0);
        let Value::Summary {
            count,
            sum,
            quantiles,
        } = &family.series[0].value
        else {
            panic!()
        };
        (*count, *sum, family.numbers[quantiles.clone()].to_vec())
    };
    for monotonic in [1000.0, 1049.0] {
        let (count, sum, quantiles) = at(monotonic);
        assert_eq!((count, sum), (2000.0, 2_001_000.0));
        for (found, expected) in quantiles.iter().zip([1000.0, 1800.0]) {
            assert!((found / expected - 1.0).abs() < 0.01, "{found} {expected}");
        }
    }
    assert_eq!(at(1050.0), (2000.0, 2_001_000.0, vec![0.0, 0.0]));
    // Window 105 lies where window 100 lay.
    two.summary_observe(bound[1].1, 105, 7.0).unwrap();
    assert_eq!(at(1059.0).2, [7.0, 7.0]);
}

#[test]
fn a_summary_gives_its_bins_back_when_it_goes() {
    let writer = Writer::attach(&shared(), 0).unwrap();
    writer.registry("default").unwrap();
    let (family, _) = writer
        .declare(&FamilySpec {
            bounds: vec![0.5],
            ..spec(Kind::Summary, "s", &["l"])
        })
        .unwrap();
    let chunks = |round: u32| {
        let labels = labels(&round.to_string());
        let binding = writer.bind(family, &labels).unwrap().unwrap();
        for value in 0..100 {
            writer
                .summary_observe(binding, 0, f64::from(value))
                .unwrap();
        }
        writer.remove_series(family, &labels).unwrap();
        writer.chunks().unwrap().len()
    };
    let first = chunks(0);
    assert_eq!((1..50).map(chunks).max(), Some(first));
}

#[test]
fn exemplars_infos_and_enums_are_told() {
    let options = shared();
    let [one, two] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    one.registry("default").unwrap();
    let histogram = FamilySpec {
        exemplars: true,
        ..spec(Kind::Histogram, "h", &[])
    };
    for (writer, timestamp, id) in [(&one, 2.5, "new"), (&two, 1.5, "old")] {
        let (family, _) = writer.declare(&histogram).unwrap();
        let binding = writer.bind(family, &Labels::new([])).unwrap().unwrap();
        writer.histogram_observe(binding, 1, 0.25).unwrap();
        for id in ["first", id] {
            assert!(
                writer
                    .exemplar_store(binding, 1, 0.25, timestamp, &Labels::new([("id", id)]))
                    .unwrap()
            );
        }
    }
    let (info, _) = one.declare(&spec(Kind::Info, "build", &[])).unwrap();
    one.info_set(info, &Labels::new([("version", "1")]), 1.0)
        .unwrap();
    let (info, _) = two.declare(&spec(Kind::Info, "build", &[])).unwrap();
    two.info_set(info, &Labels::new([("version", "2")]), 2.0)
        .unwrap();
    // An older setting that comes late changes nothing.
    one.info_set(info, &Labels::new([("version", "late")]), 1.5)
        .unwrap();
    let states = FamilySpec {
        states: vec!["up".into(), "down".into()],
        ..spec(Kind::Enum, "state", &["l"])
    };
    let (family, _) = one.declare(&states).unwrap();
    one.shared_set(one.bind(family, &labels("x")).unwrap().unwrap(), 1.0)
        .unwrap();
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    let (mut out, mut whole) = (Vec::new(), Vec::new());
    let format = expose::Format::OpenMetrics(expose::Dialect::Standard);
    expose::scrape(one.heap(), &filter, format, &mut out).unwrap();
    let families = snapshot::take(one.heap(), &filter).unwrap();
    expose::encode(&families, format, &mut whole);
    assert_eq!(out, whole, "family after family as all at once");
    let out = String::from_utf8(out).unwrap();
    for line in [
        "h_bucket{le=\"1.0\"} 2 # {id=\"new\"} 0.25 2.5",
        "# TYPE build info\nbuild_info{version=\"2\"} 1\n#",
        "# TYPE state stateset\nstate{l=\"x\",state=\"up\"} 0\nstate{l=\"x\",state=\"down\"} 1\n",
    ] {
        assert!(out.contains(line), "{line}\nis missing from\n{out}");
    }
}
