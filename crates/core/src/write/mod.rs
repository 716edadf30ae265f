//! The operations of a writer: bind, update, relabel, remove.

pub(crate) mod binding;
pub(crate) mod info;
pub(crate) mod native;
pub(crate) mod relabel;
pub(crate) mod removal;
pub(crate) mod sampling;
pub(crate) mod updating;
