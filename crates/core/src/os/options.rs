//! Which heap is meant.

use crate::os::name::HeapName;
use std::time::Duration;

/// Which heap is meant, and how patient to be.
#[derive(Clone, Debug)]
pub struct HeapOptions {
    /// The name of a shared heap; `None`: a heap of this process alone.
    pub name: Option<HeapName>,
    /// The id the heap must have, and gets when it is made; `None`: any.
    pub id: Option<u128>,
    /// How long to wait for whoever holds the label map before a new series is dropped.
    pub lock_wait: Duration,
    /// How long to wait at the gate.
    pub gate_wait: Duration,
    /// How many series this writer lets a family have: further ones are dropped, so that a label with too many values does
    /// not take the memory of others.
    pub series_limit: u32,
}

impl Default for HeapOptions {
    fn default() -> Self {
        HeapOptions {
            name: None,
            id: None,
            lock_wait: Duration::from_millis(100),
            gate_wait: Duration::from_secs(5),
            series_limit: 100_000,
        }
    }
}
