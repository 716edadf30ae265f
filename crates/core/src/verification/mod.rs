//! Checks of a heap, for tests alone. No release contains this room.
//!
//! ```text
//! soundness    the structure of a heap has no contradiction
//! accounting   every word of a heap has one owner
//! image        heaps with arbitrary words
//! visitor      a reader and a writer of such a heap
//! failpoint    the death of a writer after any of its stores
//! disturbed    searches without the lock in the middle of a change
//! models       the protocols, with the steps of their parties in every order
//! kernel       files, locks and deaths in models
//! modelled     a word whose loads return any value that the memory model allows
//! word         a word of shared memory that counts the stores to it
//! ```

mod accounting;
#[cfg(all(test, not(loom)))]
mod disturbed;
#[cfg(any(test, feature = "failpoints"))]
pub mod failpoint;
pub mod image;
#[cfg(loom)]
pub(crate) mod kernel;
#[cfg(loom)]
mod modelled;
#[cfg(all(test, loom))]
mod models;
mod soundness;
pub mod visitor;
#[cfg(any(test, feature = "failpoints"))]
pub(crate) mod word;

pub use soundness::check;
