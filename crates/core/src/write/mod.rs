//! What a writer does: bind, update, remove.

pub(crate) mod binding;
pub(crate) mod info;
pub(crate) mod relabel;
pub(crate) mod removal;
pub(crate) mod updating;
