//! The heap's own metrics, named `mpmetrics_…`.

use super::filter::Filter;
use super::heap_info;
use super::slots::SlotView;
use crate::error::Result;
use crate::model::escape::push_label;
use crate::model::family::{Aggregator, Family, Kind, Series, Value};
use crate::model::partial::PartialReason;
use crate::storage::heap::Heap;

/// A family: its name, its help, a label, and the numbers by the value of that label.
type Figure<'a> = (&'a str, &'a str, Option<&'a str>, Vec<(&'a str, f64)>);

/// The heap's own families that the filter admits.
pub(super) fn families(heap: &Heap, filter: &Filter, slots: &[SlotView]) -> Result<Vec<Family>> {
    let info = heap_info::of(heap, slots)?;
    let live = info.writers.iter().filter(|writer| writer.live).count();
    let dead = info.writers.len() - live;
    let figures: [Figure; 9] = [
        (
            "mpmetrics_writers",
            "Writers of the heap, by state",
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
            "Slots adopted from dead writers",
            None,
            vec![("", info.adoptions as f64)],
        ),
        (
            "mpmetrics_dropped_series_total",
            "Series that were dropped, by reason",
            Some("reason"),
            vec![
                ("full", info.dropped_full as f64),
                ("busy", info.dropped_busy as f64),
                ("limit", info.dropped_limit as f64),
            ],
        ),
        (
            "mpmetrics_conflicts_total",
            "Declarations that differed from another one of the same name, and heaps beside one of another layout",
            None,
            vec![("", info.conflicts as f64)],
        ),
        (
            "mpmetrics_partial",
            "1 if pages show a part of the application only, by reason",
            Some("reason"),
            PartialReason::ALL
                .map(|reason| (reason.label(), f64::from(u8::from(heap.is_partial(reason)))))
                .to_vec(),
        ),
        (
            "mpmetrics_read_retries_total",
            "Reads repeated because a writer had changed a cell meanwhile",
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
    let named = figures
        .into_iter()
        .filter(|figure| filter.names(figure.0, kind_of(figure.0)));
    Ok(named.map(|figure| family(figure, info.created)).collect())
}

fn family((name, help, label, numbers): Figure, created: f64) -> Family {
    let (mut text, mut series) = (String::new(), Vec::new());
    for (label_value, number) in numbers {
        let start = text.len();
        if let Some(label) = label {
            let mut label_text = String::new();
            push_label(label, label_value, &mut label_text);
            text.push_str(&label_text);
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
        natives: Vec::new(),
        utf8: false,
    }
}

fn kind_of(name: &str) -> Kind {
    if name.ends_with("_total") {
        Kind::Counter
    } else {
        Kind::Gauge
    }
}
