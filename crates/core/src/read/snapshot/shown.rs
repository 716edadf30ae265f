//! The selection of the families on the page.

use super::chain::Chain;
use super::filter::Filter;

use super::slots::{Cell, SlotView};
use crate::catalog::families;
use crate::cell;
use crate::error::Result;
use crate::layout::{Shape, header, slot};
use crate::model::declaration::FamilySpec;
use crate::model::family::{Aggregator, Family, Kind, Series};
use crate::model::labels::Labels;
use crate::storage::heap::Heap;
use crate::storage::table;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// A family that is to be read.
pub(super) struct Shown {
    pub number: u32,
    pub family: Family,
    pub spec: Arc<FamilySpec>,
    /// The shape of its cells.
    pub shape: Shape,
    /// The slot of a live contributor, for families with the aggregator `Omit`.
    pub contributor: Option<usize>,
    /// Whether its series are removed when they are stale.
    pub may_expire: bool,
    /// Whether the family is omitted, because several live writers contribute.
    pub omitted: bool,
    /// The numbers of its series when the scrape began.
    pub series: Chain,
}

impl Shown {
    /// Omits the family if its aggregator is `Omit` and more than one live writer contributes.
    pub fn note_contributors(&mut self, slots: &[SlotView], cells: &[Cell]) {
        if self.spec.aggregator != Aggregator::Omit {
            return;
        }
        for cell in cells {
            let slot = &slots[cell.slot];
            let takes_part = self.spec.kind != Kind::Gauge
                || cell::gauge::read(cell.words, slot.incarnation).is_some();
            if slot.counts && takes_part {
                let before = self.contributor.replace(cell.slot);
                self.omitted |= before.is_some_and(|other| other != cell.slot);
            }
        }
    }
}

/// The families to read.
///
/// Of several declarations of one name, the page shows the oldest with a live writer, or else the oldest of all.
pub(super) fn shown_families(
    heap: &Heap,
    filter: &Filter,
    slots: &[SlotView],
) -> Result<Vec<Shown>> {
    let count = table::count(&heap.words, header::FAMILY_COUNT)?;
    let mut best: HashMap<String, (bool, u32)> = HashMap::new();
    let mut specs = Vec::new();
    for number in 0..count {
        let spec = families::declaration(heap, number)?;
        if filter.admits(&spec) {
            let mut declared = None;
            for slot in slots {
                let flag = match table::entry(&heap.words, slot.at + slot::FAMILIES, number)? {
                    Some(place) => heap.words.load(place)? as u32,
                    None => 0,
                };
                if flag != 0 {
                    declared =
                        Some(declared.unwrap_or(false) || slot.counts && flag == slot.incarnation);
                }
            }
            if let Some(live) = declared {
                let known = best.entry(spec.name.clone()).or_insert((live, number));
                if live && !known.0 {
                    *known = (live, number);
                }
            }
        }
        specs.push(spec);
    }
    let mut shown = Vec::new();
    for (number, spec) in (0..).zip(specs) {
        if best
            .get(&spec.name)
            .is_some_and(|(_, best)| *best == number)
            && !(filter.whole && spec.aggregator == Aggregator::Omit)
        {
            shown.push(Shown {
                number,
                family: empty(&spec),
                shape: spec.shape(),
                may_expire: spec.expire_after > 0.0,
                spec,
                contributor: None,
                omitted: false,
                series: Chain::default(),
            });
        }
    }
    Ok(shown)
}

fn empty(spec: &FamilySpec) -> Family {
    Family {
        name: spec.name.clone(),
        help: spec.help.clone(),
        unit: spec.unit.clone(),
        kind: spec.kind,
        aggregator: spec.aggregator,
        label_names: spec.label_names.clone(),
        bounds: spec.bounds.clone(),
        series: Vec::new(),
        text: String::new(),
        numbers: Vec::new(),
        states: spec.states.clone(),
        exemplars: Vec::new(),
        natives: Vec::new(),
        utf8: spec.utf8,
    }
}

/// Of series with the same labels, keeps the last copy. Of infos, those with the same declared labels count as the same.
pub(super) fn keep_last_of_each(family: &mut Family) {
    let Family {
        series,
        text,
        kind,
        label_names,
        ..
    } = family;
    let key = |series: &Series| match kind {
        Kind::Info => {
            let base = Labels::parse(&text[series.labels.clone()]).among(label_names);
            Cow::Owned(format!("{base:?}"))
        }
        _ => Cow::Borrowed(&text[series.labels.clone()]),
    };
    let mut last = HashMap::with_capacity(series.len());
    for (index, series) in series.iter().enumerate() {
        last.insert(key(series), index);
    }
    if last.len() < series.len() {
        let mut index = 0;
        series.retain(|series| {
            index += 1;
            last.get(&key(series)) == Some(&(index - 1))
        });
    }
}
