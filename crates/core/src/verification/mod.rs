//! What tests hold a heap against. No release contains any of this.
//!
//! ```text
//! soundness    the structure of a heap contradicts itself nowhere
//! accounting   every word of it belongs to somebody, and to one only
//! image        heaps whose words are anything
//! visitor      who reads such a heap, and who joins it
//! failpoint    the death of a writer after any of its stores
//! models       the protocols in every order of their parties' steps
//! kernel       files, locks and deaths as models have them
//! modelled     a word of which loom chooses what is seen
//! word         a word of shared memory that counts the stores to it
//! ```

mod accounting;
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
