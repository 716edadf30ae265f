//! Coherent Prometheus metrics in shared memory, for many processes and threads.
//!
//! The rooms of the crate, from the top down. A module imports only from rooms below its own. Rooms with no blank line
//! between them do not import each other, and no modules import one another in a circle. `npm run check:rust-rooms` reads
//! this map.
//!
//! ```text
//! expose      a scrape as bytes: text, OpenMetrics, protobuf
//!
//! read        the sum over the slots, and requests to other isolates
//! write       the operations of a writer: bind, update, relabel, remove
//!
//! membership  the writers of a heap: gate, lease, writer, servers
//! catalog     the contents of a heap: registries, families, label map, series
//! cell        the words of one writer for one series
//!
//! storage     words, tables, journal, allocator, lock, heap
//!
//! os          files, locks, segments, processes
//!
//! model       kinds, declarations, labels, escaping
//!
//! layout      the meaning of every word
//!
//! sync        the one door to atomics
//!
//! error       the errors, with advice
//! hash        the hash of heap names and declarations
//! clock       the time of day, and the monotonic clock
//! ```
//!
//! Beside the rooms stands `verification`, which no release contains. Its checks say whether a heap is sound, and its fail
//! points end a writer after any of its stores.
//!
//! A program attaches a [`Writer`] to a heap, declares families, binds series, and updates their cells. Any program of the
//! same user reads them: as text with [`observe`] and [`expose::scrape`], or as data with [`snapshot::take`].
//!
//! ```
//! use mpmetrics_core::*;
//!
//! let writer = Writer::attach(&HeapOptions::default(), 0)?;
//! let registry = writer.registry("default")?;
//! let (family, _) = writer.declare(&FamilySpec {
//!     registries: vec![registry],
//!     name: "jobs_total".into(),
//!     help: "Jobs done".into(),
//!     kind: Kind::Counter,
//!     label_names: vec!["queue".into()],
//!     ..FamilySpec::default()
//! })?;
//! let binding = writer.bind(family, &Labels::new([("queue", "mail")]))?.unwrap();
//! writer.counter_add(binding, 2.0)?;
//!
//! let filter = snapshot::Filter { registries: vec![registry], ..Default::default() };
//! let mut text = Vec::new();
//! expose::scrape(writer.heap(), &filter, expose::Format::Text, &mut text)?;
//! assert_eq!(
//!     String::from_utf8(text).unwrap(),
//!     "# HELP jobs_total Jobs done\n# TYPE jobs_total counter\njobs_total{queue=\"mail\"} 2\n"
//! );
//! # Ok::<(), Error>(())
//! ```
//!
//! A heap with a name is shared with every program of the same user that opens this name, Node.js applications included. The
//! example `attach` reads a running application, and adds a counter to its page.

#![deny(missing_docs)]

mod catalog;
mod cell;
pub mod clock;
mod error;
pub mod expose;
mod hash;
pub mod layout;
mod membership;
mod model;
mod os;
mod read;
mod storage;
mod sync;
#[cfg(any(test, feature = "verification"))]
pub mod verification;
mod write;

/// The example of the README, which runs with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use error::{Error, Result, SeriesLimit, Shortage};
pub use membership::gate::{HeapEntry, HeapState, clean, heaps, observe, sweep_orphans};
pub use membership::servers;
pub use membership::writer::{Chunk, Writer};
pub use model::bucket_bounds::{FRACTIONS as BOUND_FRACTIONS, GUESSES as BOUND_GUESSES};
pub use model::declaration::FamilySpec;
pub use model::family::{Aggregator, Exemplar, Family, Kind, Series, Value};
pub use model::labels::Labels;
pub use model::native::NativeHistogram;
pub use model::native_spec::NativeSpec;
pub use model::partial::PartialReason;
pub use os::name::HeapName;
pub use os::options::HeapOptions;
pub use os::process;
pub use read::{collect, snapshot, turns};
pub use storage::heap::Heap;
pub use write::binding::Binding;
pub use write::sampling::LOOK_INTERVAL;
