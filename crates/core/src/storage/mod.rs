//! Words in shared memory, and the changes of their structure.
//!
//! [`words`] leads from places to words, and grows. [`heap`] owns the words and the lock.

pub(crate) mod allocator;
pub(crate) mod bytes;
pub(crate) mod directory;
pub(crate) mod growing_table;
pub(crate) mod heap;
pub(crate) mod journal;
pub(crate) mod lock;
pub(crate) mod shortage;
pub(crate) mod table;
pub(crate) mod words;
