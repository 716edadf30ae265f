//! Kinds, declarations, labels, and the families that a scrape returns.

pub(crate) mod declaration;
pub(crate) mod escape;
pub(crate) mod family;
pub(crate) mod labels;
pub(crate) mod name;
pub(crate) mod native;
