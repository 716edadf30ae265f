//! Bytes and text in the heap, eight bytes to a word.
//!
//! Bytes are copied out before they are checked, because other processes may change the memory at any time.

use crate::error::{Error, Result};
use crate::layout::WORD;
use crate::sync::{AtomicU64, Ordering};
use std::mem::MaybeUninit;

/// The bits that no byte of ASCII text has.
const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;

/// A block is longer than its segment has words.
pub(crate) const BEYOND: Error = Error::Corrupt {
    what: "a block reaches beyond its segment",
};

/// Appends text of `length` bytes, from the beginning of `words`, to `into`. An error leaves `into` unchanged.
pub(crate) fn read_text(words: &[AtomicU64], length: usize, into: &mut String) -> Result<()> {
    let start = into.len();
    // SAFETY: the appended bytes are ASCII, or checked to be UTF-8 before this returns; otherwise they are removed again.
    let bytes = unsafe { into.as_mut_vec() };
    let bits = copy(words, length, bytes)?;
    // Nearly all text is ASCII, which needs no check.
    if bits & BEYOND_ASCII != 0 {
        return check(bytes, start);
    }
    Ok(())
}

/// Removes the bytes from `start` on if they are no UTF-8. Separate from [`read_text`], which runs for each series.
#[cold]
fn check(bytes: &mut Vec<u8>, start: usize) -> Result<()> {
    if std::str::from_utf8(&bytes[start..]).is_ok() {
        return Ok(());
    }
    bytes.truncate(start);
    Err(Error::Corrupt {
        what: "a label text is no UTF-8",
    })
}

/// Appends `length` bytes to `into`. Returns the bits that any of the words had.
#[inline]
pub(crate) fn copy(words: &[AtomicU64], length: usize, into: &mut Vec<u8>) -> Result<u64> {
    let words = words.get(..length.div_ceil(WORD)).ok_or(BEYOND)?;
    into.reserve(words.len() * WORD);
    let mut bits = 0;
    let (room, _) = into.spare_capacity_mut().as_chunks_mut::<WORD>();
    for (room, word) in room.iter_mut().zip(words) {
        // Relaxed: the reader validates the block's generation afterwards.
        let value = word.load(Ordering::Relaxed);
        bits |= value;
        *room = value.to_le_bytes().map(MaybeUninit::new);
    }
    // SAFETY: the capacity was sufficient for all words, which have at least `length` bytes, and each word was written.
    unsafe { into.set_len(into.len() + length) };
    Ok(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(bytes: &[u8]) -> Vec<AtomicU64> {
        let word = |chunk: &[u8]| {
            let mut value = [0; WORD];
            value[..chunk.len()].copy_from_slice(chunk);
            AtomicU64::new(u64::from_le_bytes(value))
        };
        bytes.chunks(WORD).map(word).collect()
    }

    #[test]
    fn text_is_appended_whatever_its_letters() {
        let mut text = String::from("ä");
        for part in ["", "a", "12345678", "a=\"größer\"", "𝄞"] {
            let before = text.clone();
            read_text(&words(part.as_bytes()), part.len(), &mut text).unwrap();
            assert_eq!(text, before + part);
        }
    }

    #[test]
    fn invalid_text_is_an_error() {
        for (bytes, length) in [(b"\xc3".as_slice(), 1), (b"abcdefg\xff", 8), (b"a", 9)] {
            let mut text = String::from("ä");
            let read = read_text(&words(bytes), length, &mut text);
            assert!(matches!(read, Err(Error::Corrupt { .. })));
            assert_eq!(text, "ä");
        }
    }
}
