//! The families that the operations are done to: one of each sort.

use mpmetrics_core::*;

/// The numbers of the families.
pub struct Families {
    pub plain: u32,
    pub counter: u32,
    pub histogram: u32,
    pub wide: u32,
    pub native: u32,
    pub gauge: u32,
    pub shared: u32,
    pub summary: u32,
    pub info: u32,
    pub state: u32,
    pub fleeting: u32,
}

/// Declares all of them.
pub fn families(writer: &Writer) -> Families {
    writer.registry("default").unwrap();
    let spec = |kind, name: &str| FamilySpec {
        name: name.into(),
        kind,
        label_names: vec!["l".into()],
        exemplars: matches!(kind, Kind::Counter | Kind::Histogram),
        ..FamilySpec::default()
    };
    let declare = |spec: FamilySpec| writer.declare(&spec).unwrap().0;
    Families {
        // The info is the first family. A record that is not written yet would belong to family 0, and an info is shown
        // without any cell.
        info: declare(FamilySpec {
            label_names: vec![],
            ..spec(Kind::Info, "info")
        }),
        plain: declare(FamilySpec {
            label_names: vec![],
            ..spec(Kind::Counter, "plain")
        }),
        counter: declare(spec(Kind::Counter, "counter")),
        histogram: declare(FamilySpec {
            bounds: vec![0.5, 1.0],
            ..spec(Kind::Histogram, "histogram")
        }),
        wide: declare(FamilySpec {
            bounds: (0..1000).map(f64::from).collect(),
            ..spec(Kind::Histogram, "wide")
        }),
        native: declare(FamilySpec {
            bounds: vec![1.0],
            native: Some(NativeSpec {
                max_buckets: 10,
                ..NativeSpec::default()
            }),
            ..spec(Kind::Histogram, "native")
        }),
        gauge: declare(spec(Kind::Gauge, "gauge")),
        shared: declare(FamilySpec {
            aggregator: Aggregator::Shared,
            ..spec(Kind::Gauge, "shared")
        }),
        summary: declare(FamilySpec {
            bounds: vec![0.5],
            windows: 2,
            interval: 10.0,
            ..spec(Kind::Summary, "summary")
        }),
        state: declare(FamilySpec {
            states: vec!["a".into(), "b".into()],
            ..spec(Kind::Enum, "state")
        }),
        fleeting: declare(FamilySpec {
            expire_after: 60.0,
            ..spec(Kind::Counter, "fleeting")
        }),
    }
}

/// Declares them, without the numbers.
pub fn declared(writer: &Writer) {
    families(writer);
}

/// The labels of a series with that value.
pub fn labels(value: &str) -> Labels {
    Labels::new([("l", value)])
}

/// The series of a family, bound.
pub fn bind(writer: &Writer, family: u32, value: &str) -> Binding {
    writer
        .bind(family, &labels(value))
        .unwrap()
        .expect("not dropped")
}
