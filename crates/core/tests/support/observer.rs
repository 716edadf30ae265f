//! The observer: reads again and again, and holds each read against the one before it.

use super::families::WRITERS;
use mpmetrics_core::{Heap, NativeHistogram, Value, snapshot};
use std::collections::{HashMap, HashSet};

/// Checks each page against the one before.
pub struct Observer<'a> {
    heap: &'a Heap,
    /// The last value of each counter, bucket and shared value, by name and labels.
    last: HashMap<String, f64>,
}

impl Observer<'_> {
    /// Has read nothing yet.
    pub fn of(heap: &Heap) -> Observer<'_> {
        Observer {
            heap,
            last: HashMap::new(),
        }
    }

    /// Reads once. Panics at anything that is inconsistent.
    pub fn read(&mut self) {
        let filter = snapshot::Filter {
            registries: vec![0],
            ..Default::default()
        };
        for family in snapshot::take(self.heap, &filter).unwrap() {
            let mut seen = HashSet::new();
            for series in &family.series {
                assert!(
                    seen.insert(family.labels(series)),
                    "{} has {} twice",
                    family.name,
                    family.labels(series)
                );
                let name = format!("{}{{{}}}", family.name, family.labels(series));
                let lasts = !matches!(family.name.as_str(), "churn" | "restarted" | "present");
                match &series.value {
                    Value::Number(value) if lasts => self.compare(name, *value),
                    Value::Number(value) => {
                        assert!(*value >= 0.0 && value.fract() == 0.0, "{name} {value}");
                        let most = if family.name == "present" {
                            WRITERS as f64
                        } else {
                            f64::MAX
                        };
                        assert!(*value <= most, "{name} {value}: the dead take no part");
                    }
                    Value::Histogram {
                        sum,
                        counts,
                        native,
                    } => {
                        let counts = &family.numbers[counts.clone()];
                        assert_eq!(counts.iter().sum::<f64>() * 0.25, *sum, "{name}");
                        if let Some(native) = native {
                            agree(&family.natives[*native], counts, &name);
                        }
                        for (bucket, count) in counts.iter().enumerate().filter(|_| lasts) {
                            self.compare(format!("{name} {bucket}"), *count);
                        }
                    }
                    other => panic!("{name} is {other:?}"),
                }
            }
        }
    }

    fn compare(&mut self, name: String, value: f64) {
        let before = self.last.get(&name).copied().unwrap_or(0.0);
        assert!(value >= before, "{name} went from {before} to {value}");
        self.last.insert(name, value);
    }

    /// The total of a metric at the last read.
    pub fn total(&self, name: &str) -> f64 {
        let own = |(key, _): &(&String, &f64)| key.starts_with(&format!("{name}{{"));
        self.last.iter().filter(own).map(|(_, value)| value).sum()
    }
}

/// The sparse buckets of a storm count what the classic ones do, except for NaN, which alone is in the last classic bucket.
fn agree(native: &NativeHistogram, counts: &[f64], name: &str) {
    let buckets = native.positive.iter().chain(&native.negative);
    let sparse = native.zero_count + buckets.map(|(_, count)| count).sum::<u64>();
    let classic: f64 = counts.iter().sum();
    assert_eq!(native.count as f64, classic, "{name}");
    assert_eq!(sparse as f64 + counts[3], classic, "{name}");
}
