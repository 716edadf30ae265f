//! The name of a heap, and the names of the files that belong to it.

use crate::error::{Error, Result};
use crate::hash::{SEED, hash};
use crate::layout::LAYOUT_VERSION;
use crate::os::platform;
use crate::sync::kernel_call;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The longest name a heap can have, in characters.
const LONGEST: usize = 64;
/// What the names of all our files begin with.
const PREFIX: &str = "mpm.";
/// What the name of a gate ends with.
const GATE: &str = "gate";
/// What the name of a lease ends with, and behind it the number of the slot.
const LEASE: &str = "w";
/// Letters of the key that stands for user and heap in a file name: 64 bits, 5 a letter.
const KEY_LETTERS: usize = 13;

/// The valid name of a shared heap.
///
/// ```
/// use mpmetrics_core::HeapName;
/// assert!(HeapName::new("orders-2026").is_ok());
/// assert_eq!(HeapName::new("../orders").unwrap_err().code(), "MPMETRICS_INVALID_NAME");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeapName(String);

impl HeapName {
    /// Accepts 1 to 64 of `A-Z a-z 0-9 _ . -`, not beginning with a dot; anything else is [`Error::InvalidName`].
    pub fn new(name: &str) -> Result<HeapName> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if name.is_empty()
            || name.len() > LONGEST
            || name.starts_with('.')
            || !name.bytes().all(fits)
        {
            return Err(Error::InvalidName {
                name: name.to_owned(),
            });
        }
        Ok(HeapName(name.to_owned()))
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The files of one shared heap. All of them are in one directory, and begin with the same letters: two for the version of
/// the layout, so that two versions that are given one name have a heap each, and a key for user and name.
///
/// macOS allows 30 characters in the name of a segment, so the key has 13. Invariant: whatever the layout, gates and
/// leases have these names, so that every version can tell whether a heap is held.
#[derive(Clone, Debug)]
pub(crate) struct HeapFiles {
    directory: PathBuf,
    layout: u64,
    key: String,
}

impl HeapFiles {
    pub fn of(name: &HeapName) -> Result<HeapFiles> {
        let directory = platform::directory()?;
        // Where the environment says where lock files live, segments have their names apart from them: who looks for the locks
        // elsewhere must not find segments that then seem to be held by nobody.
        let parts = [
            &platform::user().to_le_bytes()[..],
            directory.as_os_str().as_encoded_bytes(),
            name.0.as_bytes(),
        ];
        let hash = parts.iter().fold(SEED, |seed, part| hash(part, seed));
        Ok(HeapFiles {
            directory,
            layout: LAYOUT_VERSION,
            key: key(hash),
        })
    }

    /// The lock that guards creation, joining, leaving and sweeping.
    pub fn gate(&self) -> PathBuf {
        self.file(GATE)
    }

    /// The lock that guards the label map.
    pub fn label_map(&self) -> PathBuf {
        self.file("map")
    }

    /// The lock that a writer holds for as long as it lives.
    pub fn lease(&self, slot: u32) -> PathBuf {
        self.file(&format!("{LEASE}{slot}"))
    }

    /// The leases that exist. An error is no answer: it must not be taken for none.
    pub fn leases(&self) -> Result<Vec<PathBuf>> {
        let is_ours = |name: &OsString| {
            parse(name).is_some_and(|(layout, key, suffix)| {
                layout == self.layout && key == self.key && is_lease(suffix)
            })
        };
        let names = listed(&self.directory)?.filter(is_ours);
        Ok(names.map(|name| self.directory.join(name)).collect())
    }

    /// The id of segment `number` for the crate `shared_memory`.
    pub fn segment(&self, number: usize) -> String {
        self.name(&number.to_string())
    }

    fn file(&self, suffix: &str) -> PathBuf {
        self.directory.join(self.name(suffix))
    }

    fn name(&self, suffix: &str) -> String {
        let layout = [self.layout >> 5, self.layout].map(letter);
        format!("{PREFIX}{}{}{}.{suffix}", layout[0], layout[1], self.key)
    }

    /// The version of the layout.
    pub fn layout(&self) -> u64 {
        self.layout
    }

    /// Whether it is the same heap for another version of the layout.
    pub fn is_of_another_layout(&self, other: &HeapFiles) -> bool {
        self.key == other.key && self.layout != other.layout
    }

    /// Every heap that has a gate in the directory, of any user, and the leases that exist of it.
    pub fn all() -> Result<Vec<(HeapFiles, Vec<PathBuf>)>> {
        let directory = platform::directory()?;
        let mut heaps: HashMap<(u64, String), (bool, Vec<PathBuf>)> = HashMap::new();
        for name in listed(&directory)? {
            let Some((layout, key, suffix)) = parse(&name) else {
                continue;
            };
            let (has_gate, leases) = heaps.entry((layout, key.to_owned())).or_default();
            *has_gate |= suffix == GATE;
            if is_lease(suffix) {
                leases.push(directory.join(&name));
            }
        }
        let gated = heaps.into_iter().filter(|(_, (has_gate, _))| *has_gate);
        Ok(gated
            .map(|((layout, key), (_, leases))| {
                let files = HeapFiles {
                    directory: directory.clone(),
                    layout,
                    key,
                };
                (files, leases)
            })
            .collect())
    }
}

/// The names in a directory.
fn listed(directory: &Path) -> Result<impl Iterator<Item = OsString>> {
    kernel_call();
    let entries = std::fs::read_dir(directory)
        .map_err(|error| Error::from_io(directory.display().to_string(), error))?;
    Ok(entries.filter_map(|entry| Some(entry.ok()?.file_name())))
}

/// Layout, key and suffix of the name of a file of ours.
fn parse(name: &OsStr) -> Option<(u64, &str, &str)> {
    let (letters, suffix) = name.to_str()?.strip_prefix(PREFIX)?.split_once('.')?;
    let number = |byte: u8| LETTERS.iter().position(|letter| *letter == byte);
    if letters.len() != 2 + KEY_LETTERS || letters.bytes().any(|byte| number(byte).is_none()) {
        return None;
    }
    let (layout, key) = letters.split_at(2);
    let layout = layout
        .bytes()
        .filter_map(number)
        .fold(0, |high, low| high << 5 | low as u64);
    Some((layout, key, suffix))
}

/// Whether the suffix is that of a lease.
fn is_lease(suffix: &str) -> bool {
    let slot = suffix.strip_prefix(LEASE);
    slot.is_some_and(|slot| !slot.is_empty() && slot.bytes().all(|byte| byte.is_ascii_digit()))
}

const _: () = assert!(
    LAYOUT_VERSION < 1 << 10,
    "two letters of a file name hold it"
);
/// What stands for five bits in a file name.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn key(hash: u64) -> String {
    (0..KEY_LETTERS)
        .map(|at| letter(hash >> (5 * at)))
        .collect()
}

/// A letter for the lowest five bits.
fn letter(bits: u64) -> char {
    LETTERS[(bits & 31) as usize] as char
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_the_directory_are_refused() {
        for name in [
            "",
            ".",
            "..",
            ".hidden",
            "a/b",
            "a\\b",
            "a b",
            "ä",
            "a\0",
            &"x".repeat(65),
        ] {
            assert!(
                matches!(HeapName::new(name), Err(Error::InvalidName { .. })),
                "{name:?}"
            );
        }
        assert!(HeapName::new(&"x".repeat(64)).is_ok());
    }

    #[test]
    fn the_names_of_files_tell_layout_and_key() {
        let files = HeapFiles::of(&HeapName::new("orders").unwrap()).unwrap();
        for layout in [0, 1, 31, 32, 1023] {
            let files = HeapFiles {
                layout,
                ..files.clone()
            };
            let name = files.segment(3);
            let parsed = parse(OsStr::new(&name)).unwrap();
            assert_eq!(parsed, (layout, files.key.as_str(), "3"));
        }
        for name in ["mpm.", "mpm.0.gate", "mpm.00000000000000u.gate", "other"] {
            assert_eq!(parse(OsStr::new(name)), None, "{name}");
        }
    }

    #[test]
    fn segment_ids_fit_the_narrowest_system() {
        let files = HeapFiles::of(&HeapName::new("orders").unwrap()).unwrap();
        assert!(files.segment(99).len() <= 29);
        assert_ne!(
            files.segment(0),
            HeapFiles::of(&HeapName::new("orders2").unwrap())
                .unwrap()
                .segment(0)
        );
    }
}
