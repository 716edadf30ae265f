//! Infos: a reader finds exactly one of the settings of several writers.

use mpmetrics_core::*;

/// The number of settings of each writer.
const TOLD: u32 = 20_000;

fn heap(name: &str) -> HeapOptions {
    HeapOptions {
        name: Some(HeapName::new(&format!("{name}-{}", std::process::id())).unwrap()),
        ..HeapOptions::default()
    }
}

/// A writer, and its family of infos about services.
fn teller(options: &HeapOptions) -> (Writer, u32) {
    let writer = Writer::attach(options, 0).unwrap();
    let registry = writer.registry("default").unwrap();
    let (family, _) = writer
        .declare(&FamilySpec {
            registries: vec![registry],
            name: "build".into(),
            kind: Kind::Info,
            label_names: vec!["service".into()],
            ..FamilySpec::default()
        })
        .unwrap();
    (writer, family)
}

fn build<'a>(service: &'a str, version: &'a str) -> Labels {
    Labels::new([("service", service), ("version", version)])
}

/// The label texts of all infos.
fn told(heap: &Heap) -> Vec<String> {
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    let families = snapshot::take(heap, &filter).unwrap();
    let family = &families[0];
    let texts = family.series.iter().map(|series| family.labels(series));
    texts.map(str::to_owned).collect()
}

#[test]
fn a_new_info_replaces_the_old_one() {
    let (writer, family) = teller(&heap("info"));
    for (version, stamp) in [("1", 1.0), ("2", 2.0), ("1", 1.5), ("2", 2.5)] {
        assert!(
            writer
                .info_set(family, &build("a", version), stamp)
                .unwrap()
        );
        assert!(writer.info_set(family, &build("b", "7"), stamp).unwrap());
    }
    let expected = [r#"service="a",version="2""#, r#"service="b",version="7""#];
    assert_eq!(told(writer.heap()), expected);
    assert_eq!(snapshot::info(writer.heap()).unwrap().series, 2);
    // The other writer's contribution was removed when its labels were replaced.
    assert!(!writer.unbind(family, &build("a", "1")).unwrap());
    assert!(writer.unbind(family, &build("a", "2")).unwrap());
    assert_eq!(told(writer.heap()), &expected[1..]);
}

#[test]
fn a_reader_finds_one_info_during_replacements() {
    let options = heap("info-race");
    let (first, family) = teller(&options);
    first.info_set(family, &build("a", "first"), 0.0).unwrap();
    let memory = || snapshot::info(first.heap()).unwrap().used_bytes;
    let before = memory();
    std::thread::scope(|scope| {
        let tellers: Vec<_> = (0..2u32)
            .map(|number| {
                let options = &options;
                scope.spawn(move || {
                    let (writer, family) = teller(options);
                    for turn in 1..=TOLD {
                        let version = format!("{number}.{turn}");
                        let stamp = f64::from(2 * turn + number);
                        writer
                            .info_set(family, &build("a", &version), stamp)
                            .unwrap();
                    }
                })
            })
            .collect();
        while !tellers.iter().all(|teller| teller.is_finished()) {
            let found = told(first.heap());
            assert_eq!(found.len(), 1, "{found:?}");
        }
    });
    let last = format!(r#"service="a",version="1.{TOLD}""#);
    assert_eq!(told(first.heap()), [last]);
    // Two more writers have slots and arenas. The settings leave no memory behind.
    assert!(memory() - before < 32 << 10, "{}", memory() - before);
}
