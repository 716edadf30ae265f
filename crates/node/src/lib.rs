//! The Node-API binding of mpmetrics. It only converts and delegates.
//!
//! ```text
//! heap        the class NativeHeap: all operations of a heap except updates
//! options     the choice of a heap
//! binding     labels from JavaScript, bindings for JavaScript
//! family      declarations from JavaScript
//! values      values for JavaScript, and families of other libraries
//! writer      plain functions that update cells: the native tier
//! fast        some of the same functions, without the overhead of napi-rs
//! heap_info   the figures of a heap
//! heaps       the list of all heaps of this machine
//! collectors  callbacks at a request to refresh or to turn
//! turns       requests to event loops to turn
//! encoding    the exposition formats, and families that no heap has
//! scrape      reading all writers' cells, off the event loop
//! text        exposition text as a string of JavaScript without a copy
//! isolate     the heaps of this isolate, by number, and their end
//! chunk       ArrayBuffers over this isolate's own cells
//! layout      the constants of the layout
//! process     the identity of this process
//! error       errors with a `code`
//! ```

#![cfg_attr(
    test,
    allow(
        dead_code,
        reason = "napi-derive leaves the glue that calls it out of tests"
    )
)]

mod binding;
mod chunk;
mod collectors;
mod encoding;
mod error;
mod family;

mod fast;
mod heap;
mod heap_info;
mod heaps;
mod isolate;
mod layout;
mod options;
mod process;
mod scrape;
mod text;
mod turns;
mod values;
mod writer;
