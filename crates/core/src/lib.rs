//! Coherent Prometheus metrics in shared memory, for many processes and threads.
//!
//! The map of the crate, from the top down; nothing imports what stands above it, but for what is said below it:
//!
//! ```text
//! expose       a scrape as bytes: text, OpenMetrics
//! snapshot     the sum over slots, as families
//! updating     what a writer does to its cells
//! binding      from a family and labels to a writer's cell; info, removal: what else a writer does to series
//! collect      asking other isolates to refresh
//! writer       slots: incarnation, adoption, arena
//! processes    what the processes of the application use
//! lease        whether anybody holds a slot
//! series       the table of series, and their generations
//! catalog      registries and families
//! gate         create, join, leave, sweep
//! label_map    label values to series
//! shortage     series that were dropped, and when they try again
//! directory    which cell a writer has for which series
//! cell/        counter, gauge, histogram, summary: what one writer stores, how others read it
//! declarations what families are declared to be, as this process has read it
//! table, allocator, journal, map_lock
//! heap         the list of segments: places to words; making, opening, growth
//! idle, spare, segment, lock, options, process
//! labels, escape, declaration, family
//! name, platform/, layout, hash, clock, sync, patience, error
//! ```
//!
//! The heap keeps its lock and the declarations that were read, and a journal ends with what a directory does to bindings.
//!
//! Beside them stands `verification`, which no release contains: what tests hold a heap against, and how they end a writer
//! after any of its stores.
//!
//! A program attaches a [`Writer`] to a heap, declares families, binds series, and updates its cells; any program of the same
//! user reads them with [`observe`] and [`expose::scrape`], or as data with [`snapshot::take`]:
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
//! A heap with a name is shared with every program of the same user that knows it, Node.js applications included: the
//! example `attach` looks into a running one, and adds a counter that it then shows.

#![deny(missing_docs)]

mod allocator;
mod binding;
mod catalog;
mod cell;
pub mod clock;
pub mod collect;
mod declaration;
mod declarations;
mod directory;
mod error;
mod escape;
pub mod expose;
mod family;
mod gate;
mod hash;
mod heap;
mod idle;
mod info;
mod journal;
mod label_map;
mod labels;
pub mod layout;
mod lease;
mod lock;
mod map_lock;
mod name;
mod options;
#[cfg(not(loom))]
mod patience;
mod platform;
pub mod process;
pub mod processes;
mod removal;
mod segment;
mod series;
mod shortage;
pub mod snapshot;
mod spare;
mod sync;
mod table;
mod updating;
#[cfg(any(test, feature = "verification"))]
pub mod verification;
mod writer;

/// The example of the README, which runs with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use binding::Binding;
pub use declaration::FamilySpec;
pub use error::{Error, Result, Shortage};
pub use family::{Aggregator, Exemplar, Family, Kind, Series, Value};
pub use gate::{observe, sweep_orphans};
pub use heap::Heap;
pub use labels::Labels;
pub use name::HeapName;
pub use options::HeapOptions;
pub use writer::{Chunk, Writer};
