//! Words in shared memory, and what changes their structure: heap, journal, allocator, tables, lock.

pub(crate) mod allocator;
pub(crate) mod directory;
pub(crate) mod heap;
pub(crate) mod journal;
pub(crate) mod map_lock;
pub(crate) mod shortage;
pub(crate) mod table;
