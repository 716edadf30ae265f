//! The stores in the source, so that none of them is missed.

use std::path::Path;

/// The calls that store to a word.
const STORES: [&str; 8] = [
    ".store(",
    ".store_f64(",
    ".add_f64(",
    ".swap(",
    ".fetch_add(",
    ".fetch_update(",
    ".compare_exchange(",
    ".compare_exchange_weak(",
];

/// Files whose stores do not go to shared memory, or are counted at their callers.
const EXCEPT: [&str; 4] = [
    "src/sync.rs",
    "src/storage/lock.rs",
    "src/expose/prefault.rs",
    "src/verification/",
];

/// Where each store is, as `file:line`.
pub fn all() -> Vec<String> {
    let mut sites = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    look(&root.join("src"), root, &mut sites);
    assert!(sites.len() > 50, "these are not all: {sites:?}");
    sites
}

fn look(folder: &Path, root: &Path, sites: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the source") {
        let path = entry.expect("the source").path();
        if path.is_dir() {
            look(&path, root, sites);
            continue;
        }
        let file = path
            .strip_prefix(root)
            .expect("a file of the crate")
            .to_string_lossy();
        if EXCEPT.iter().any(|except| file.starts_with(except)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("the source");
        let code = text.split("\nmod tests {").next().unwrap_or_default();
        for (number, line) in (1..).zip(code.lines()) {
            let is_code = !line.trim_start().starts_with("//");
            if is_code && STORES.iter().any(|store| line.contains(store)) {
                sites.push(format!("{file}:{number}"));
            }
        }
    }
}
