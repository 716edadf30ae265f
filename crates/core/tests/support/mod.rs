//! Support for tests with real processes: the processes, and the board of their acknowledgements.

pub mod board;
pub mod families;
pub mod leftovers;
pub mod observer;
pub mod process;
pub mod storm;

/// Numbers that look random and can be had again: SplitMix64.
pub struct Random(u64);

impl Random {
    /// The seed is printed, so that a failure can be repeated; `SEED` sets it.
    pub fn new() -> Random {
        let seed = std::env::var("SEED").map_or_else(
            |_| {
                std::time::UNIX_EPOCH
                    .elapsed()
                    .map_or(0, |since| since.as_nanos() as u64)
            },
            |seed| seed.parse().expect("SEED is a whole number"),
        );
        println!("SEED={seed}");
        Random(seed)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
