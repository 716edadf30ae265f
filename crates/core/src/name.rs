//! The name of a heap, and the names of the files that belong to it.

use crate::error::{Error, Result};
use crate::platform;
use std::path::PathBuf;

/// The longest name a heap can have, in characters.
const LONGEST: usize = 64;
/// What the names of all our files begin with.
const PREFIX: &str = "mpm.";
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

/// The files of one shared heap. All of them are in one directory, and begin with the same key.
///
/// macOS allows 30 characters in the name of a segment, so a key of 13 letters stands for user and name.
#[derive(Clone, Debug)]
pub(crate) struct HeapFiles {
    directory: PathBuf,
    key: String,
}

impl HeapFiles {
    pub fn of(name: &HeapName) -> Result<HeapFiles> {
        let hash = hash(
            name.0.as_bytes(),
            hash(&platform::user().to_le_bytes(), SEED),
        );
        Ok(HeapFiles {
            directory: platform::directory()?,
            key: key(hash),
        })
    }

    /// The lock that guards creation, joining, leaving and sweeping.
    pub fn gate(&self) -> PathBuf {
        self.file("gate")
    }

    /// The lock that guards the label map.
    pub fn label_map(&self) -> PathBuf {
        self.file("map")
    }

    /// The lock that a writer holds for as long as it lives.
    pub fn lease(&self, slot: u32) -> PathBuf {
        self.file(&format!("w{slot}"))
    }

    /// The leases that exist.
    pub fn leases(&self) -> Vec<PathBuf> {
        let prefix = format!("{PREFIX}{}.w", self.key);
        let is_lease = |name: &str| {
            let slot = name.strip_prefix(&prefix);
            slot.is_some_and(|slot| {
                !slot.is_empty() && slot.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        std::fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                Some(entry.ok()?.file_name()).filter(|name| name.to_str().is_some_and(is_lease))
            })
            .map(|name| self.directory.join(name))
            .collect()
    }

    /// The id of segment `number` for the crate `shared_memory`.
    pub fn segment(&self, number: usize) -> String {
        format!("{PREFIX}{}.{number}", self.key)
    }

    fn file(&self, suffix: &str) -> PathBuf {
        self.directory
            .join(format!("{PREFIX}{}.{suffix}", self.key))
    }

    /// Every heap that has a gate in the directory, of any user.
    pub fn all() -> Result<Vec<HeapFiles>> {
        let directory = platform::directory()?;
        let entries = std::fs::read_dir(&directory)
            .map_err(|error| Error::from_io(directory.display().to_string(), error))?;
        let key_of = |name: &str| {
            let key = name.strip_prefix(PREFIX)?.strip_suffix(".gate")?;
            (key.len() == KEY_LETTERS && key.bytes().all(|byte| LETTERS.contains(&byte)))
                .then(|| key.to_owned())
        };
        Ok(entries
            .filter_map(|entry| key_of(entry.ok()?.file_name().to_str()?))
            .map(|key| HeapFiles {
                directory: directory.clone(),
                key,
            })
            .collect())
    }
}

const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Offset basis of the hash.
pub(crate) const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn key(hash: u64) -> String {
    (0..KEY_LETTERS)
        .map(|letter| LETTERS[(hash >> (5 * letter) & 31) as usize] as char)
        .collect()
}

/// FNV-1a with a finishing mix: the same in every process, on every machine.
/// Source: <http://www.isthe.com/chongo/tech/comp/fnv/>; the mix is that of MurmurHash3.
pub(crate) fn hash(bytes: &[u8], seed: u64) -> u64 {
    let folded = bytes.iter().fold(seed, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (folded ^ (folded >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
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
