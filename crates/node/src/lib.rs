//! The Node-API binding of mpmetrics. It converts and delegates, nothing else.
//!
//! ```text
//! heap      the class NativeHeap: what the facade asks of a heap
//! options   which heap is meant
//! binding   labels on their way in, bindings on their way out
//! family    declarations on their way in, values on their way out
//! writer    plain functions that update cells: the native tier
//! fast      the same functions, without what napi-rs does around each call
//! info      what there is to say of a heap
//! collectors callbacks at a request to refresh or to turn
//! turns     asking event loops to turn
//! scrape    reading all writers' cells, off the event loop
//! text      exposition text as a string of JavaScript, which is no copy
//! isolate   the heaps this isolate is attached to, by number; how they end
//! chunk     ArrayBuffers over this isolate's own cells
//! layout    the constants that TypeScript counts with
//! process   who this process is
//! error     errors with a `code`
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
mod error;
mod family;
mod fast;
mod heap;
mod heap_info;
mod isolate;
mod layout;
mod options;
mod process;
mod scrape;
mod text;
mod turns;
mod writer;
