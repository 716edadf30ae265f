//! The choice of a heap.

use crate::model::partial::PartialReason;
use crate::os::name::HeapName;
use std::time::Duration;

/// The choice of a heap, and the limits of this writer.
#[derive(Clone, Debug)]
pub struct HeapOptions {
    /// The name of a shared heap; `None`: a heap of this process alone.
    pub name: Option<HeapName>,
    /// The id the heap must have, and gets when it is made; `None`: any.
    pub id: Option<u128>,
    /// The longest wait for the label-map lock, before a new series is dropped.
    pub lock_wait: Duration,
    /// How long to wait at the gate.
    pub gate_wait: Duration,
    /// The most series that this writer makes in one family. Further ones are dropped, so that a label with too many values
    /// does not use up the memory of other families.
    pub series_limit: u32,
    /// The most series of the whole heap: when it has as many, this writer makes no further one.
    pub max_series: u32,
    /// How long the heap is kept for readers after its last writer has ended, in whole seconds. The longest time of all
    /// writers holds. A new heap of the same name replaces a kept one. Zero: it is removed at once.
    pub keep: Duration,
    /// Why pages of the heap show a part of the application only, as far as this writer knows; `None`: it knows no reason.
    pub partial: Option<PartialReason>,
}

impl Default for HeapOptions {
    fn default() -> Self {
        HeapOptions {
            name: None,
            id: None,
            lock_wait: Duration::from_millis(100),
            gate_wait: Duration::from_secs(5),
            series_limit: 100_000,
            max_series: u32::MAX,
            keep: Duration::ZERO,
            partial: None,
        }
    }
}

impl HeapOptions {
    /// The limits of series.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            family: self.series_limit,
            heap: self.max_series,
        }
    }
}

/// The most series that a writer makes. Overflow series do not count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// In one family.
    pub family: u32,
    /// In the whole heap.
    pub heap: u32,
}
