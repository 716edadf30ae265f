//! The metrics that the writers of a storm update: one family of each kind.

use mpmetrics_core::*;
use std::time::Duration;

/// The number of concurrent writers.
pub const WRITERS: usize = 4;
/// The number of short-lived label values.
pub const CHURN: u64 = 48;
/// Label values that stay.
pub const LASTING: u64 = 8;
/// The columns of the board.
pub const COUNTED: usize = 0;
/// See [`COUNTED`].
pub const OBSERVED: usize = 1;
/// See [`COUNTED`].
pub const LABELLED: usize = 2;
/// See [`COUNTED`].
pub const SHARED: usize = 3;
/// See [`COUNTED`].
pub const SPARSE: usize = 4;

/// The heap of that name, with long waits.
pub fn options(name: &str) -> HeapOptions {
    HeapOptions {
        name: Some(HeapName::new(name).unwrap()),
        // On a loaded machine, the holder of a lock may wait for the processor.
        lock_wait: Duration::from_secs(20),
        gate_wait: Duration::from_secs(20),
        ..HeapOptions::default()
    }
}

fn spec(kind: Kind, aggregator: Aggregator, name: &str, label: &[&str]) -> FamilySpec {
    FamilySpec {
        registries: vec![0],
        name: name.into(),
        kind,
        aggregator,
        label_names: label.iter().map(|label| label.to_string()).collect(),
        bounds: if kind == Kind::Histogram {
            vec![0.1, 0.25, 1.0]
        } else {
            vec![]
        },
        // Few enough that the values of a storm make tables grow and become coarser.
        native: match name {
            "native" => native(8, 40),
            "churn" => native(0, 5),
            _ => None,
        },
        ..FamilySpec::default()
    }
}

fn native(schema: i8, max_buckets: u32) -> Option<NativeSpec> {
    Some(NativeSpec {
        schema,
        max_buckets,
        ..NativeSpec::default()
    })
}

/// The labels of a series with that number.
pub fn labels(value: u64) -> Labels {
    Labels::new([("l", value.to_string().as_str())])
}

/// One family of each sort, declared by a writer.
pub struct Families {
    pub counter: u32,
    pub histogram: u32,
    pub native: u32,
    pub labelled: u32,
    pub shared: u32,
    pub present: u32,
    pub churn: u32,
    pub restarted: u32,
}

impl Families {
    /// Declares all of them.
    pub fn declare(writer: &Writer) -> Families {
        writer.registry("default").unwrap();
        let declare = |kind, aggregator, name, label: &[&str]| {
            writer
                .declare(&spec(kind, aggregator, name, label))
                .unwrap()
                .0
        };
        use Aggregator::{Shared, Sum};
        Families {
            counter: declare(Kind::Counter, Sum, "counter", &[]),
            histogram: declare(Kind::Histogram, Sum, "histogram", &[]),
            native: declare(Kind::Histogram, Sum, "native", &[]),
            labelled: declare(Kind::Counter, Sum, "labelled", &["l"]),
            shared: declare(Kind::Gauge, Shared, "shared", &[]),
            present: declare(Kind::Gauge, Sum, "present", &[]),
            churn: declare(Kind::Histogram, Sum, "churn", &["l"]),
            restarted: declare(Kind::Counter, Sum, "restarted", &[]),
        }
    }
}

/// Binds a series. No series may be dropped here: there is memory, and the lock is held only for moments.
pub fn bind(writer: &Writer, family: u32, labels: &Labels) -> Binding {
    writer.bind(family, labels).unwrap().expect("not dropped")
}
