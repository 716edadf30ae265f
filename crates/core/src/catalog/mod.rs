//! The contents of a heap: registries, families, the label map, series.

pub(crate) mod families;
pub(crate) mod label_map;
pub(crate) mod registries;
pub(crate) mod series;
