//! The writers of a heap: gate, leases, writers, and the servers that they have started.

pub(crate) mod gate;
pub(crate) mod lease;
pub mod servers;
pub(crate) mod writer;
