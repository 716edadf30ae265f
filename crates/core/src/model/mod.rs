//! What is said of a metric: its kind, its declaration, its labels.

pub(crate) mod declaration;
pub(crate) mod escape;
pub(crate) mod family;
pub(crate) mod labels;
