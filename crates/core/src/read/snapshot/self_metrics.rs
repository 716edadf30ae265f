//! What the heap says of itself: the metrics named `mpmetrics_…`.

use super::filter::Filter;
use super::heap_info;
use super::slots::SlotView;
use crate::error::Result;
use crate::model::escape::push_label;
use crate::model::family::{Aggregator, Family, Kind, Series, Value};
use crate::storage::heap::Heap;

/// A family, its help, and its numbers by the value of a label.
type Own<'a> = (&'a str, &'a str, Option<&'a str>, Vec<(&'a str, f64)>);

/// The heap's own families, as far as the filter names them.
pub(super) fn families(heap: &Heap, filter: &Filter, slots: &[SlotView]) -> Result<Vec<Family>> {
    let info = heap_info::of(heap, slots)?;
    let live = info.writers.iter().filter(|writer| writer.live).count();
    let dead = info.writers.len() - live;
    let own: [Own; 9] = [
        (
            "mpmetrics_writers",
            "Isolates that write, or wrote, to the heap",
            Some("state"),
            vec![("live", live as f64), ("dead", dead as f64)],
        ),
        (
            "mpmetrics_series",
            "Series in the heap",
            None,
            vec![("", info.series as f64)],
        ),
        (
            "mpmetrics_heap_bytes",
            "Bytes of memory behind the heap",
            None,
            vec![("", info.bytes as f64)],
        ),
        (
            "mpmetrics_adoptions_total",
            "Slots taken over from writers that were gone",
            None,
            vec![("", info.adoptions as f64)],
        ),
        (
            "mpmetrics_dropped_series_total",
            "Series that could not be made, by reason",
            Some("reason"),
            vec![
                ("full", info.dropped_full as f64),
                ("busy", info.dropped_busy as f64),
                ("limit", info.dropped_limit as f64),
            ],
        ),
        (
            "mpmetrics_conflicts_total",
            "Declarations that differed from another one of the same name, and heaps made beside one of another layout",
            None,
            vec![("", info.conflicts as f64)],
        ),
        (
            "mpmetrics_partial",
            "Whether other processes count under the same name in another heap, since the files of one were removed",
            None,
            vec![("", f64::from(u8::from(heap.is_partial())))],
        ),
        (
            "mpmetrics_read_retries_total",
            "Reads repeated since a writer had changed what was read",
            None,
            vec![("", info.retries as f64)],
        ),
        (
            "mpmetrics_unanswered_collects_total",
            "Isolates whose collectors did not answer a scrape in time",
            None,
            vec![("", info.unanswered as f64)],
        ),
    ];
    let named = own
        .into_iter()
        .filter(|own| filter.names(own.0, kind_of(own.0)));
    Ok(named.map(|own| family(own, info.created)).collect())
}

fn family((name, help, label, numbers): Own, created: f64) -> Family {
    let (mut text, mut series) = (String::new(), Vec::new());
    for (label_value, number) in numbers {
        let start = text.len();
        if let Some(label) = label {
            let mut own = String::new();
            push_label(label, label_value, &mut own);
            text.push_str(&own);
        }
        series.push(Series {
            labels: start..text.len(),
            made: created,
            created,
            value: Value::Number(number),
            exemplars: 0..0,
        });
    }
    Family {
        name: name.to_owned(),
        help: help.to_owned(),
        unit: String::new(),
        kind: kind_of(name),
        aggregator: Aggregator::Sum,
        label_names: label.map(str::to_owned).into_iter().collect(),
        bounds: Vec::new(),
        series,
        text,
        numbers: Vec::new(),
        states: Vec::new(),
        exemplars: Vec::new(),
    }
}

fn kind_of(name: &str) -> Kind {
    if name.ends_with("_total") {
        Kind::Counter
    } else {
        Kind::Gauge
    }
}
