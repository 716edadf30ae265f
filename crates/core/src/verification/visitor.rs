//! Visitors of a heap with unknown contents: a reader, and a writer that uses every kind of metric.

use crate::error::Result;
use crate::expose::{self, Format};
use crate::layout::summary;
use crate::membership::lease::take_slot;
use crate::membership::writer::Writer;
use crate::read::snapshot::{self, Filter};
use crate::storage::directory;
use crate::storage::heap::Heap;
use crate::{Aggregator, FamilySpec, HeapOptions, Kind, Labels, NativeSpec};
use std::sync::Arc;

/// Reads everything, as a scrape in that format does. Returns the number of errors.
pub fn read(heap: &Heap, format: Format) -> usize {
    let mut errors = 0;
    let mut note = |failed: bool| errors += usize::from(failed);
    note(snapshot::info(heap).is_err());
    note(snapshot::registry(heap, "default").is_err());
    let filter = Filter {
        registries: vec![0, 1],
        monotonic: Some(25.0),
        self_metrics: true,
        ..Filter::default()
    };
    match snapshot::take(heap, &filter) {
        Ok(families) => expose::encode(&families, format, &mut Vec::new()),
        Err(_) => note(true),
    }
    errors
}

/// Joins, updates, makes and removes series, and leaves. Returns the first error.
pub fn write(heap: &Arc<Heap>) -> Result<()> {
    let taken = take_slot(heap)?;
    let writer = Writer::start(heap.clone(), taken, HeapOptions::default().limits(), 3)?;
    let filled = fill(&writer, &["a", "b"]);
    let family = directory::slots(&heap.words).map(|slots| slots.len() as u32 % 8);
    writer.reset_family(family.unwrap_or_default())?;
    writer.remove_series(0, &labels("a"))?;
    writer.unbind_family(1)?;
    filled
}

/// The name of the native histogram.
const NATIVE: &str = "native";

/// The labels of a series.
pub(super) fn labels(value: &str) -> Labels {
    Labels::new([("l", value)])
}

/// The declaration of a family of that kind.
pub(super) fn spec(kind: Kind, aggregator: Aggregator, name: &str) -> FamilySpec {
    FamilySpec {
        registries: vec![0],
        name: name.into(),
        help: "help".into(),
        kind,
        aggregator,
        label_names: vec!["l".into()],
        bounds: match kind {
            Kind::Histogram => vec![0.1, 1.0],
            Kind::Summary => vec![0.5, 0.9],
            _ => Vec::new(),
        },
        windows: if kind == Kind::Summary { 2 } else { 0 },
        interval: if kind == Kind::Summary { 10.0 } else { 0.0 },
        states: if kind == Kind::Enum {
            vec!["a".into(), "b".into()]
        } else {
            Vec::new()
        },
        exemplars: matches!(kind, Kind::Counter | Kind::Histogram),
        native: (name == NATIVE).then(NativeSpec::default),
        ..FamilySpec::default()
    }
}

/// Declares a family of each kind, and updates series of it.
pub(super) fn fill(writer: &Writer, values: &[&str]) -> Result<()> {
    writer.registry("default")?;
    writer.registry("other")?;
    use Aggregator::{All, Average, First, Max, Shared, Sum};
    for (kind, aggregator, name) in [
        (Kind::Counter, Sum, "counter"),
        (Kind::Histogram, Sum, "histogram"),
        (Kind::Histogram, Sum, NATIVE),
        (Kind::Summary, Sum, "summary"),
        (Kind::Gauge, Sum, "sum"),
        (Kind::Gauge, Max, "max"),
        (Kind::Gauge, Average, "average"),
        (Kind::Gauge, First, "first"),
        (Kind::Gauge, All, "all"),
        (Kind::Gauge, Shared, "shared"),
        (Kind::Enum, Sum, "state"),
    ] {
        let (family, _) = writer.declare(&spec(kind, aggregator, name))?;
        for value in values {
            let Some(binding) = writer.bind(family, &labels(value))? else {
                continue;
            };
            match kind {
                Kind::Counter => {
                    writer.counter_add(binding, 1.0)?;
                }
                Kind::Histogram if name == NATIVE => {
                    for number in [0.0, 1.0, -2.0] {
                        writer.native_observe(binding, 1, number)?;
                    }
                }
                Kind::Histogram => {
                    writer.histogram_observe(binding, 1, 0.5)?;
                    writer.exemplar_store(binding, 1, 0.5, 1.0, &labels("trace"))?;
                }
                Kind::Summary => {
                    let many = if *value == "a" {
                        summary::RAW_VALUES + 4
                    } else {
                        4
                    };
                    for number in 0..many {
                        writer.summary_observe(binding, 2, f64::from(number))?;
                    }
                }
                _ if kind == Kind::Enum || aggregator == Shared => {
                    writer.shared_set(binding, 1.0)?;
                }
                _ => {
                    writer.gauge_set(binding, 2.0)?;
                }
            }
        }
    }
    let info = spec(Kind::Info, Sum, "about");
    let (info, _) = writer.declare(&info)?;
    writer.info_set(info, &Labels::new([("l", "a"), ("version", "1")]), 1.0)?;
    Ok(())
}
