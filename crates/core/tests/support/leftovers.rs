//! The files of a heap. The last member must leave none.

use mpmetrics_core::Heap;
use std::path::Path;

/// The key in the names of a heap's files, while the heap exists.
///
/// The segments are searched for the heap's id, so this depends on no rule for keys.
pub fn key(heap: &Heap) -> Option<String> {
    files("").into_iter().find_map(|name| {
        let (key, _tag) = name.strip_suffix(".0")?.rsplit_once('.')?;
        let words = std::fs::read(Path::new(DIRECTORY).join(&name)).ok()?;
        (words.get(16..32)? == heap.id().to_le_bytes()).then(|| key.to_owned())
    })
}

/// The present files of that key.
pub fn files(key: &str) -> Vec<String> {
    std::fs::read_dir(DIRECTORY)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("mpm.") && name.starts_with(key))
        .collect()
}

const DIRECTORY: &str = "/dev/shm";
