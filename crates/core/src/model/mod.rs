//! Kinds, declarations, labels, and the families that a scrape returns.

pub(crate) mod bucket_bounds;
pub(crate) mod declaration;
pub(crate) mod escape;
pub(crate) mod family;
pub(crate) mod labels;
pub(crate) mod name;
pub(crate) mod native;
pub(crate) mod native_spec;
pub(crate) mod partial;
pub(crate) mod sparse;
