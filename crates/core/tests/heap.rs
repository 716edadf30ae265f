//! The heap from the outside: several writers in one process, shared and private.

#[path = "support/heaps.rs"]
mod heaps;

use heaps::{labels, pair, shared, spec, text};
use mpmetrics_core::*;

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
fn removal_makes_all_writers_bind_again_and_frees_the_memory() {
    let [one, two] = pair();
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
fn a_reset_starts_all_writers_from_zero() {
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
fn the_last_writer_removes_the_files() {
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
fn a_writer_finds_the_declaration_that_keeps_values_of_others_off_the_page() {
    use snapshot::{Rival, rival};
    let options = shared();
    let [one, two] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    let registries = ["default", "second"].map(|key| one.registry(key).unwrap());
    let counter = spec(Kind::Counter, "c", &[]);
    let both = FamilySpec {
        registries: registries.to_vec(),
        ..counter.clone()
    };
    let (first, _) = one.declare(&counter).unwrap();
    // The own former declaration is no rival, and a family that the writer has left has none.
    let (further, conflict) = one.declare(&both).unwrap();
    assert!(conflict);
    assert_eq!(rival(&one, further).unwrap(), None);
    one.unbind_family(first).unwrap();
    // An equal declaration is found, and the other one is still noticed.
    assert_eq!(two.declare(&counter).unwrap(), (first, true));
    assert_eq!(rival(&two, first).unwrap(), Some(Rival::Registries));
    assert_eq!(rival(&one, further).unwrap(), Some(Rival::Registries));
    assert_eq!(rival(&one, first).unwrap(), None);
    let (gauge, _) = two.declare(&spec(Kind::Gauge, "c", &[])).unwrap();
    two.unbind_family(first).unwrap();
    // Pages show the older declaration, so only the newer one is told.
    assert_eq!(rival(&two, gauge).unwrap(), Some(Rival::Declaration));
    assert_eq!(rival(&one, further).unwrap(), None);
    drop(one);
    assert_eq!(rival(&two, gauge).unwrap(), None);
}
