//! Who writes to a heap: gate, leases, writers.

pub(crate) mod gate;
pub(crate) mod lease;
pub(crate) mod writer;
