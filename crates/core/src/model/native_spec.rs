//! The declaration of a native histogram.

use super::bucket_bounds::{COARSEST, FINEST, schema_of};
use crate::error::{Error, Result};
use crate::layout::native::MAX_BUCKETS;

/// The sparse buckets that a histogram has beside its classic ones.
#[derive(Clone, Debug, PartialEq)]
pub struct NativeSpec {
    /// The resolution of a new series: -4 (coarse) to 8 (fine). Default: 3, whose buckets grow by the factor 1.09.
    pub schema: i8,
    /// Values whose absolute value is at most this are counted in the zero bucket. Default: 2^-128.
    pub zero_threshold: f64,
    /// The most buckets of one writer, the zero bucket excepted. Default: 160.
    pub max_buckets: u32,
    /// A series that has too many buckets starts again from zero in the whole application, if it has not done so for this
    /// many seconds. Default: 0, which means never.
    pub min_reset: f64,
    /// A writer with too many buckets widens its zero bucket up to this. Default: 0, which means that it does not.
    pub max_zero_threshold: f64,
}

impl Default for NativeSpec {
    fn default() -> Self {
        NativeSpec {
            schema: 3,
            // 2^-128, as in other clients.
            zero_threshold: f64::from_bits((1023 - 128) << 52),
            max_buckets: 160,
            min_reset: 0.0,
            max_zero_threshold: 0.0,
        }
    }
}

impl NativeSpec {
    /// The coarsest resolution whose buckets grow by at most that factor, which is greater than 1. A factor below 1.0028 has
    /// the finest one.
    ///
    /// # Errors
    /// [`Error::BadArgument`] for another factor.
    pub fn with_factor(factor: f64) -> Result<NativeSpec> {
        if factor.is_nan() || factor <= 1.0 {
            return Err(Error::BadArgument {
                what: "the factor of a native histogram is greater than 1",
            });
        }
        Ok(NativeSpec {
            schema: schema_of(factor),
            ..NativeSpec::default()
        })
    }

    /// Refuses an invalid declaration of a native histogram.
    pub(crate) fn check(&self) -> Result<()> {
        let is_amount = |amount: f64| amount.is_finite() && amount >= 0.0;
        if !(COARSEST..=FINEST).contains(&self.schema) {
            return Err(Error::BadArgument {
                what: "the schema of a native histogram lies between -4 and 8",
            });
        }
        if !(1..=MAX_BUCKETS).contains(&self.max_buckets) {
            return Err(Error::BadArgument {
                what: "a native histogram can have 1 to 768 buckets",
            });
        }
        if ![self.zero_threshold, self.min_reset, self.max_zero_threshold]
            .into_iter()
            .all(is_amount)
        {
            return Err(Error::BadArgument {
                what: "thresholds and seconds of a native histogram are finite and not negative",
            });
        }
        Ok(())
    }
}
