//! The wire format of protobuf: fields and messages, of which the length stands before the content.

use prost::bytes::BufMut;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

/// Messages shorter than this have a length of one byte.
const SHORT: usize = 0x80;

/// The key of a field whose tag is below 16.
const fn short_key(tag: u32, wire: WireType) -> u8 {
    (tag << 3 | wire as u32) as u8
}

/// Appends the key of a field. That of a small tag is one byte, known to the compiler.
#[inline(always)]
fn push_key(tag: u32, wire: WireType, out: &mut impl BufMut) {
    if tag < 16 {
        out.put_u8(short_key(tag, wire));
    } else {
        encode_key(tag, wire, out);
    }
}

/// Appends a field that is a double.
#[inline(always)]
pub(super) fn push_double(tag: u32, value: f64, out: &mut impl BufMut) {
    push_key(tag, WireType::SixtyFourBit, out);
    out.put_f64_le(value);
}

/// Appends a field that is a number without a sign.
#[inline(always)]
pub(super) fn push_number(tag: u32, value: u64, out: &mut impl BufMut) {
    push_key(tag, WireType::Varint, out);
    if value < SHORT as u64 {
        out.put_u8(value as u8);
    } else {
        encode_varint(value, out);
    }
}

/// Appends the key and the length of a message of at most [`FIXED`] bytes.
#[inline(always)]
pub(super) fn push_head(tag: u32, length: usize, out: &mut impl BufMut) {
    push_key(tag, WireType::LengthDelimited, out);
    out.put_u8(length as u8);
}

/// Appends a field that is a message: its key, its length, and the content that `write` appends.
#[inline]
pub(super) fn push_message(tag: u32, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    push_key(tag, WireType::LengthDelimited, out);
    push_delimited(out, write);
}

/// Appends a message without a key: its length, and the content that `write` appends.
///
/// Nearly all messages are short, so one byte is kept free for the length. The content of a long message is moved once.
#[inline]
pub(super) fn push_delimited(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.push(0);
    write(out);
    let length = out.len() - start - 1;
    if length < SHORT {
        out[start] = length as u8;
    } else {
        insert_length(start, length, out);
    }
}

/// Moves the content by the further bytes of its length, and stores the length before the content.
fn insert_length(start: usize, length: usize, out: &mut Vec<u8>) {
    let bytes = encoded_len_varint(length as u64);
    let end = out.len();
    out.resize(end + bytes - 1, 0);
    out.copy_within(start + 1..end, start + bytes);
    encode_varint(length as u64, &mut &mut out[start..start + bytes]);
}

/// The most bytes of a message that [`push_fixed`] writes.
const FIXED: usize = 64;

/// Appends a field that is a message of numbers only: at most [`FIXED`] bytes.
///
/// The content is written on the stack and copied once. Otherwise each byte would look for room in `out`.
#[inline]
pub(super) fn push_fixed(tag: u32, out: &mut Vec<u8>, write: impl FnOnce(&mut &mut [u8])) {
    let mut content = [0; FIXED];
    let mut rest = &mut content[..];
    write(&mut rest);
    let length = FIXED - rest.len();
    push_head(tag, length, out);
    out.extend_from_slice(&content[..length]);
}

/// Appends a field that is a message of two short texts or bytes. Its length is known before its content.
#[inline]
pub(super) fn push_pair(tag: u32, one: &[u8], other: &[u8], out: &mut Vec<u8>) {
    /// The bytes of a message besides its texts: two keys and two lengths of one byte each.
    const FRAME: usize = 4;
    let length = FRAME + one.len() + other.len();
    if length >= SHORT || tag >= 16 {
        return push_message(tag, out, |out| {
            push_bytes(1, one, out);
            push_bytes(2, other, out);
        });
    }
    let key = |tag| short_key(tag, WireType::LengthDelimited);
    out.reserve(2 + length);
    out.extend_from_slice(&[key(tag), length as u8, key(1), one.len() as u8]);
    out.extend_from_slice(one);
    out.extend_from_slice(&[key(2), other.len() as u8]);
    out.extend_from_slice(other);
}

/// Appends a field of text or bytes.
#[inline]
pub(super) fn push_bytes(tag: u32, bytes: &[u8], out: &mut Vec<u8>) {
    encode_key(tag, WireType::LengthDelimited, out);
    encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::encoding::double;

    #[test]
    fn a_pair_of_any_length_is_a_message_of_two_texts() {
        for length in [0, 1, 60, 61, 62, 63, 64, 127, 128, 200] {
            for tag in [1, 4, 15, 16] {
                let text = vec![b'x'; length];
                let mut out = b"before".to_vec();
                push_pair(tag, &text, b"y", &mut out);
                let mut expected = b"before".to_vec();
                push_message(tag, &mut expected, |out| {
                    push_bytes(1, &text, out);
                    push_bytes(2, b"y", out);
                });
                assert_eq!(out, expected, "{length}, {tag}");
            }
        }
    }

    #[test]
    fn a_message_of_numbers_is_one_with_its_length() {
        for numbers in 0..7 {
            let mut out = b"before".to_vec();
            push_fixed(3, &mut out, |content| {
                (0..numbers).for_each(|tag| double::encode(tag + 1, &0.5, content));
            });
            let mut expected = b"before".to_vec();
            push_message(3, &mut expected, |out| {
                (0..numbers).for_each(|tag| double::encode(tag + 1, &0.5, out));
            });
            assert_eq!(out, expected, "{numbers}");
        }
    }

    #[test]
    fn a_message_of_any_length_follows_its_length() {
        for length in [0, 1, 127, 128, 16_383, 16_384, 2_097_152] {
            let mut out = b"before".to_vec();
            push_message(4, &mut out, |out| {
                out.extend((0..length).map(|at| at as u8));
            });
            let mut expected = b"before\x22".to_vec();
            encode_varint(length as u64, &mut expected);
            expected.extend((0..length).map(|at| at as u8));
            assert!(out == expected, "{length}");
        }
    }
}
