//! The kinds of metrics: the cells of several writers, and the sum on the page.

#[path = "support/heaps.rs"]
mod heaps;

use heaps::{labels, pair, shared, spec, text};
use mpmetrics_core::*;

#[test]
fn the_latest_time_is_shown_where_values_are_added_up() {
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
fn summaries_merge_over_writers_and_forget_old_windows() {
    let [one, two] = pair();
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
fn a_removed_summary_frees_its_bins() {
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
fn exemplars_infos_and_enums_are_shown() {
    let [one, two] = pair();
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
    // An older setting that arrives late changes nothing.
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
    let families = snapshot::take(one.heap(), &filter).unwrap();
    let scraped = |format| {
        let (mut out, mut whole) = (Vec::new(), Vec::new());
        expose::scrape(one.heap(), &filter, format, &mut out).unwrap();
        expose::encode(&families, format, &mut whole);
        assert_eq!(out, whole, "family after family as all at once");
        out
    };
    for format in [
        expose::Format::Text,
        expose::Format::OpenMetrics2,
        expose::Format::Protobuf,
    ] {
        assert!(!scraped(format).is_empty());
    }
    let open_metrics = expose::Format::OpenMetrics(expose::Dialect::Standard);
    let out = String::from_utf8(scraped(open_metrics)).unwrap();
    for line in [
        "h_bucket{le=\"1.0\"} 2 # {id=\"new\"} 0.25 2.5",
        "# TYPE build info\nbuild_info{version=\"2\"} 1\n#",
        "# TYPE state stateset\nstate{l=\"x\",state=\"up\"} 0\nstate{l=\"x\",state=\"down\"} 1\n",
    ] {
        assert!(out.contains(line), "{line}\nis missing from\n{out}");
    }
}

#[test]
fn a_bucket_that_does_not_exist_is_refused_and_nothing_counted() {
    let [writer, _] = pair();
    for exemplars in [false, true] {
        let family = FamilySpec {
            exemplars,
            ..spec(Kind::Histogram, &format!("h_{exemplars}"), &["l"])
        };
        let (family, _) = writer.declare(&family).unwrap();
        let [binding, _next] =
            ["a", "b"].map(|label| writer.bind(family, &labels(label)).unwrap().unwrap());
        let before = text(writer.heap());
        for bucket in [3, 4, u32::MAX] {
            let refused = writer.histogram_observe(binding, bucket, 1.0);
            assert!(
                matches!(refused, Err(Error::BadArgument { .. })),
                "{bucket}"
            );
        }
        assert_eq!(text(writer.heap()), before);
        assert!(writer.histogram_observe(binding, 2, 1.0).unwrap());
    }
}

#[test]
fn a_family_is_found_by_its_name_or_by_those_of_its_samples() {
    let [writer, _] = pair();
    for (kind, name) in [
        (Kind::Gauge, "jobs"),
        (Kind::Counter, "jobs_total"),
        (Kind::Histogram, "wait"),
        (Kind::Gauge, "wait_count"),
        (Kind::Info, "build"),
    ] {
        let (family, _) = writer.declare(&spec(kind, name, &[])).unwrap();
        if kind == Kind::Info {
            writer.info_set(family, &Labels::new([]), 1.0).unwrap();
        } else {
            writer.bind(family, &Labels::new([])).unwrap();
        }
    }
    let found = |filter: snapshot::Filter| {
        let filter = snapshot::Filter {
            registries: vec![0],
            ..filter
        };
        let families = snapshot::take(writer.heap(), &filter).unwrap();
        let names = families.into_iter().map(|family| family.name);
        names.collect::<Vec<_>>().join(" ")
    };
    let by_name = |name: &str| {
        found(snapshot::Filter {
            names: Some(vec![name.into()]),
            ..Default::default()
        })
    };
    let by_sample = |name: &str| {
        found(snapshot::Filter {
            samples: Some(vec![name.into()]),
            ..Default::default()
        })
    };
    assert_eq!(by_name("jobs_total"), "jobs_total");
    assert_eq!(by_name("wait_count"), "wait_count");
    assert_eq!(by_name("wait_sum"), "");
    assert_eq!(by_sample("jobs_total"), "jobs_total");
    assert_eq!(by_sample("jobs"), "jobs jobs_total");
    assert_eq!(by_sample("jobs_created"), "jobs_total");
    assert_eq!(by_sample("wait_bucket"), "wait");
    assert_eq!(by_sample("wait_count"), "wait wait_count");
    assert_eq!(by_sample("build_info"), "build");
    assert_eq!(by_sample("jobs_sum"), "");
}
