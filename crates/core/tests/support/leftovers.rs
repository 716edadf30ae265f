//! What a heap has in the file system: there must be nothing once everybody is gone.

use mpmetrics_core::Heap;
use std::path::Path;

/// Names the files of a heap by the key that they begin with. Ask while the heap is there.
///
/// The key is found by looking into the segments for the heap's id, so this knows nothing of how keys are made.
pub fn key(heap: &Heap) -> Option<String> {
    files("").into_iter().find_map(|name| {
        let (key, _tag) = name.strip_suffix(".0")?.rsplit_once('.')?;
        let words = std::fs::read(Path::new(DIRECTORY).join(&name)).ok()?;
        (words.get(16..32)? == heap.id().to_le_bytes()).then(|| key.to_owned())
    })
}

/// The files of that key that are there now.
pub fn files(key: &str) -> Vec<String> {
    std::fs::read_dir(DIRECTORY)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("mpm.") && name.starts_with(key))
        .collect()
}

const DIRECTORY: &str = "/dev/shm";
