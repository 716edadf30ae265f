//! The wire format of protobuf: fields and messages, of which the length stands before the content.

use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

/// Messages shorter than this have a length of one byte.
const SHORT: usize = 0x80;

/// Appends a field that is a message: its key, its length, and the content that `write` appends.
#[inline]
pub(super) fn push_message(tag: u32, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    encode_key(tag, WireType::LengthDelimited, out);
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
