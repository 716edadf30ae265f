//! The hash of heap names and of declarations. It is part of the layout, because all processes must compute the same.

/// The start value of a hash: the offset basis of FNV-1a.
pub(crate) const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a with a final mix: the same in every process, on every machine. Source:
/// <http://www.isthe.com/chongo/tech/comp/fnv/>; the mix is that of MurmurHash3.
pub(crate) fn hash(bytes: &[u8], seed: u64) -> u64 {
    let folded = bytes.iter().fold(seed, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (folded ^ (folded >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}
