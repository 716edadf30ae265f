//! Reading a heap: the sum over the slots, the requests to other isolates, and staleness.

pub(crate) mod buffers;
pub mod collect;
pub mod snapshot;
pub(crate) mod staleness;
pub mod turns;
