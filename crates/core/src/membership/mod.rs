//! Who writes to a heap: gate, leases, writers.

pub(crate) mod gate;
pub(crate) mod lease;
pub mod servers;
pub(crate) mod writer;
