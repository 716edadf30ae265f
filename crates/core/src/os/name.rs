//! The name of a heap, and the names of the files that belong to it.

mod present;

use crate::error::{Error, Result};
use crate::hash::{SEED, hash};
use crate::layout::LAYOUT_VERSION;
use crate::os::lock::LockFile;
use crate::os::platform;
use std::ffi::OsStr;
use std::path::PathBuf;

/// The longest name a heap can have, in characters.
const LONGEST: usize = 64;
/// The beginning of every file name.
const PREFIX: &str = "mpm.";
/// The end of a gate's name.
const GATE: &str = "gate";
/// The end of a lease's name, before the number of the slot.
const LEASE: &str = "w";
/// The end of the name of the file that holds the tag.
const TAG: &str = "tag";
/// The end of the name, after the tag, of the file that members hold when the heap's other files were removed.
const PART: &str = "part";
/// Letters of the key that stands for user and heap in a file name: 64 bits, 5 a letter.
const KEY_LETTERS: usize = 13;
/// Letters of the tag. Segments of earlier heaps of the same name have other tags.
const TAG_LETTERS: usize = 7;

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
    /// Accepts 1 to 64 of `A-Z a-z 0-9 _ . -`, not beginning with a dot. Any other name is [`Error::InvalidName`].
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

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The files of one shared heap, all in one directory. Their names begin with the same letters: two for the version of the
/// layout, and a key for user and name. So two versions of the library have a heap each under one name.
///
/// ```text
/// mpm.<layout><key>.gate             the gate                 mpm.<layout><key>.tag    the tag and the name, as text
/// mpm.<layout><key>.map              the label-map lock       mpm.<layout><key>.w7     the lease of slot 7
/// mpm.<layout><key>.<tag>.<number>   a segment
/// mpm.<layout><key>.<tag>.part       held by members of a heap whose other files were removed by hand
/// ```
///
/// The tag is random and new for each heap, so no name of a segment is ever used twice. On Windows, a segment of an earlier
/// heap exists under its name while any process has it mapped. Elsewhere, members of a heap whose files were removed by hand
/// make further segments of it beside those of the next heap.
///
/// macOS allows 30 characters in the name of a segment, so the key has 13 and the tag 7. Invariant: gates, leases and
/// tags have these names in every layout, so that every version can tell whether a heap is held, and how it is called.
#[derive(Clone, Debug)]
pub(crate) struct HeapFiles {
    directory: PathBuf,
    layout: u64,
    key: String,
    /// Empty until it is known.
    tag: String,
}

impl HeapFiles {
    pub fn of(name: &HeapName) -> Result<HeapFiles> {
        let directory = platform::directory()?;
        // The directory is part of the key. A process that looks for lock files in another directory must not find these
        // segments, because it would see no holder.
        let parts = [
            &platform::user().to_le_bytes()[..],
            directory.as_os_str().as_encoded_bytes(),
            name.0.as_bytes(),
        ];
        let hash = parts.iter().fold(SEED, |seed, part| hash(part, seed));
        Ok(HeapFiles {
            directory,
            layout: LAYOUT_VERSION,
            key: letters(hash, KEY_LETTERS),
            tag: String::new(),
        })
    }

    /// The files of the present heap, by its tag. [`Error::NoSuchHeap`]: the tag is missing, or not written yet.
    pub fn of_present(&self) -> Result<HeapFiles> {
        let file = LockFile::open(self.tag())?.ok_or(Error::NoSuchHeap)?;
        let tag = file.read(TAG_LETTERS)?;
        if tag.len() < TAG_LETTERS || tag.bytes().any(|byte| number(byte).is_none()) {
            // Its maker is between making and writing it, or has died there.
            return Err(Error::NoSuchHeap);
        }
        Ok(HeapFiles {
            tag,
            ..self.clone()
        })
    }

    /// The files of a new heap. Writes its tag, by which other processes find its segments, and behind it the name, for
    /// lists of heaps. The caller holds the gate.
    pub fn of_next(&self, name: &HeapName, random: u64) -> Result<HeapFiles> {
        let tag = letters(random, TAG_LETTERS);
        LockFile::open_or_create(self.tag())?.write(&format!("{tag} {}", name.0))?;
        Ok(HeapFiles {
            tag,
            ..self.clone()
        })
    }

    /// The name behind the tag. `None`: the heap has ended, its maker has died before it wrote, or an earlier version of
    /// this library has made it.
    pub fn heap_name(&self) -> Option<HeapName> {
        let text = LockFile::open(self.tag())
            .ok()??
            .read(TAG_LETTERS + 1 + LONGEST);
        let name = HeapName::new(text.ok()?.get(TAG_LETTERS + 1..)?).ok()?;
        // The key is made of the name, so a part of the name is not taken for it.
        (HeapFiles::of(&name).ok()?.key == self.key).then_some(name)
    }

    /// The letters for user and name, which all layouts have in common.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether both have the same tag.
    pub fn is_same_heap(&self, other: &HeapFiles) -> bool {
        self.tag == other.tag
    }

    /// Whether both have the same name and layout.
    pub fn has_the_name_of(&self, other: &HeapFiles) -> bool {
        self.key == other.key && self.layout == other.layout
    }

    /// The file that members hold when the heap's other files were removed.
    pub fn part(&self) -> PathBuf {
        self.file(&format!("{}.{PART}", self.tag))
    }

    /// The file that has the tag.
    pub fn tag(&self) -> PathBuf {
        self.file(TAG)
    }

    /// The lock that guards creation, joining, leaving and sweeping.
    pub fn gate(&self) -> PathBuf {
        self.file(GATE)
    }

    /// The lock that guards the label map.
    pub fn label_map(&self) -> PathBuf {
        self.file("map")
    }

    /// The lock that a writer holds while it lives.
    pub fn lease(&self, slot: u32) -> PathBuf {
        self.file(&format!("{LEASE}{slot}"))
    }

    /// The id of segment `number` for the crate `shared_memory`, once the tag is known.
    pub fn segment(&self, number: usize) -> String {
        let number = letter(number as u64);
        self.name(&format!("{}.{number}", self.tag))
    }

    fn file(&self, suffix: &str) -> PathBuf {
        self.directory.join(self.name(suffix))
    }

    fn name(&self, suffix: &str) -> String {
        let layout = [self.layout >> 5, self.layout].map(letter);
        format!("{PREFIX}{}{}{}.{suffix}", layout[0], layout[1], self.key)
    }

    /// The files of the same heap in another layout.
    #[cfg(all(test, target_os = "linux", not(loom)))]
    pub fn of_layout(&self, layout: u64) -> HeapFiles {
        HeapFiles {
            layout,
            ..self.clone()
        }
    }

    /// The version of the layout.
    pub fn layout(&self) -> u64 {
        self.layout
    }

    /// Whether it is the same heap for another version of the layout.
    pub fn is_of_another_layout(&self, other: &HeapFiles) -> bool {
        self.key == other.key && self.layout != other.layout
    }

    /// The heap of a file whose name has a tag, such as a segment; `None` for any other file.
    pub fn of_tagged(name: &str) -> Option<HeapFiles> {
        let (layout, key, suffix) = parse(OsStr::new(name))?;
        let (tag, _) = suffix.split_once('.')?;
        Some(HeapFiles {
            directory: platform::directory().ok()?,
            layout,
            key: key.to_owned(),
            tag: tag.to_owned(),
        })
    }
}

/// Layout, key and suffix of the name of a file of ours.
fn parse(name: &OsStr) -> Option<(u64, &str, &str)> {
    let (letters, suffix) = name.to_str()?.strip_prefix(PREFIX)?.split_once('.')?;
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

const _: () = assert!(
    LAYOUT_VERSION < 1 << 10,
    "two letters of a file name hold it"
);
/// The letters of a file name, for five bits each.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The lowest bits of a number as letters, the lowest first.
fn letters(bits: u64, count: usize) -> String {
    (0..count).map(|at| letter(bits >> (5 * at))).collect()
}

/// The number that a letter stands for.
fn number(byte: u8) -> Option<usize> {
    LETTERS.iter().position(|letter| *letter == byte)
}

/// A letter for the lowest five bits.
fn letter(bits: u64) -> char {
    LETTERS[(bits & 31) as usize] as char
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::MAX_SEGMENTS;

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
    fn file_names_contain_layout_and_key() {
        let files = HeapFiles {
            tag: "abcdefg".to_owned(),
            ..HeapFiles::of(&HeapName::new("orders").unwrap()).unwrap()
        };
        for layout in [0, 1, 31, 32, 1023] {
            let files = HeapFiles {
                layout,
                ..files.clone()
            };
            let name = files.segment(16);
            let parsed = parse(OsStr::new(&name)).unwrap();
            assert_eq!(parsed, (layout, files.key.as_str(), "abcdefg.g"));
        }
        for name in ["mpm.", "mpm.0.gate", "mpm.00000000000000u.gate", "other"] {
            assert_eq!(parse(OsStr::new(name)), None, "{name}");
        }
    }

    #[test]
    fn segment_ids_fit_the_narrowest_system() {
        let files = HeapFiles::of(&HeapName::new("orders").unwrap()).unwrap();
        let name = HeapName::new("orders").unwrap();
        let next = files.of_next(&name, u64::MAX).unwrap();
        assert!(next.segment(MAX_SEGMENTS - 1).len() <= 29);
        std::fs::remove_file(next.tag()).unwrap();
        let other = HeapFiles::of(&HeapName::new("orders2").unwrap()).unwrap();
        assert_ne!(files.segment(0), other.segment(0));
    }

    #[test]
    fn the_next_heap_of_a_name_has_other_segments() {
        let name = format!("tags-{}", std::process::id());
        let name = HeapName::new(&name).unwrap();
        let files = HeapFiles::of(&name).unwrap();
        assert!(matches!(files.of_present(), Err(Error::NoSuchHeap)));
        let [first, second] = [1, 2].map(|random| files.of_next(&name, random).unwrap());
        assert_eq!(files.heap_name(), Some(name.clone()));
        // A maker that dies in the middle leaves a part of the name, which is another name.
        let whole = std::fs::read_to_string(files.tag()).unwrap();
        std::fs::write(files.tag(), &whole[..whole.len() - 1]).unwrap();
        assert_eq!(files.heap_name(), None);
        std::fs::write(files.tag(), whole).unwrap();
        assert_ne!(first.segment(0), second.segment(0));
        let present = files.of_present().unwrap();
        assert_eq!(present.segment(3), second.segment(3));
        assert!(present.is_same_heap(&second) && !present.is_same_heap(&first));
        // Its maker has died before it wrote.
        std::fs::write(files.tag(), "").unwrap();
        assert!(matches!(files.of_present(), Err(Error::NoSuchHeap)));
        std::fs::remove_file(files.tag()).unwrap();
    }
}
