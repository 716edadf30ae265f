//! The files of heaps that are present in the directory.

use super::{GATE, HeapFiles, LEASE, PART, parse};
use crate::error::{Error, Result};
use crate::os::platform;
use crate::sync::kernel_call;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

impl HeapFiles {
    /// All heaps with such a file, of any name.
    pub fn parts() -> Result<Vec<HeapFiles>> {
        let directory = platform::directory()?;
        let ending = format!(".{PART}");
        let names = listed(&directory)?.filter_map(|name| name.into_string().ok());
        let parts = names.filter(|name| name.ends_with(&ending));
        Ok(parts
            .filter_map(|name| HeapFiles::of_tagged(&name))
            .collect())
    }

    /// The existing leases. After an error nothing is known about them.
    pub fn leases(&self) -> Result<Vec<PathBuf>> {
        let is_ours = |name: &OsString| {
            parse(name).is_some_and(|(layout, key, suffix)| {
                layout == self.layout && key == self.key && is_lease(suffix)
            })
        };
        let names = listed(&self.directory)?.filter(is_ours);
        Ok(names.map(|name| self.directory.join(name)).collect())
    }

    /// Every heap that has files in the directory, of any user.
    pub fn present() -> Result<Present> {
        let directory = platform::directory()?;
        let mut heaps: HashMap<(u64, String), Vec<String>> = HashMap::new();
        for name in listed(&directory)? {
            if let Some((layout, key, suffix)) = parse(&name) {
                let suffixes = heaps.entry((layout, key.to_owned())).or_default();
                suffixes.push(suffix.to_owned());
            }
        }
        let mut present = Present::default();
        for ((layout, key), mut suffixes) in heaps {
            let files = HeapFiles {
                directory: directory.clone(),
                layout,
                key,
                tag: String::new(),
            };
            let has_gate = suffixes.iter().any(|suffix| suffix == GATE);
            let has_part = suffixes.iter().any(|suffix| suffix.ends_with(PART));
            let heaps = match (has_gate, has_part) {
                (true, _) => {
                    suffixes.retain(|suffix| is_lease(suffix));
                    &mut present.with_gate
                }
                (false, false) => &mut present.without_gate,
                (false, true) => continue,
            };
            let paths = suffixes.iter().map(|suffix| files.file(suffix)).collect();
            heaps.push((files, paths));
        }
        Ok(present)
    }
}

/// The heaps that have files in the directory.
#[derive(Default)]
pub(crate) struct Present {
    /// Heaps with a gate, and their leases.
    pub with_gate: Vec<(HeapFiles, Vec<PathBuf>)>,
    /// Heaps that have neither a gate nor a part file, and all of their files.
    pub without_gate: Vec<(HeapFiles, Vec<PathBuf>)>,
}

/// The names in a directory.
fn listed(directory: &Path) -> Result<impl Iterator<Item = OsString>> {
    kernel_call();
    let entries = std::fs::read_dir(directory)
        .map_err(|error| Error::from_io(directory.display().to_string(), error))?;
    Ok(entries.filter_map(|entry| Some(entry.ok()?.file_name())))
}

/// Whether the suffix is that of a lease.
fn is_lease(suffix: &str) -> bool {
    let slot = suffix.strip_prefix(LEASE);
    slot.is_some_and(|slot| !slot.is_empty() && slot.bytes().all(|byte| byte.is_ascii_digit()))
}
