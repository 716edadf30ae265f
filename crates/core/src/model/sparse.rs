//! Sparse buckets as data: counting a value, reducing their number, and adding up several writers.

use super::bucket_bounds::{COARSEST, coarser, index_of, lower_bound, upper_bound};
use super::native::NativeHistogram;
use super::native_spec::NativeSpec;

/// A bucket other than the zero bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bucket {
    /// Whether it counts negative values.
    pub is_negative: bool,
    /// The index, as that of the absolute values.
    pub index: i32,
}

/// The bucket of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Nan,
    Zero,
    Bucket(Bucket),
}

impl Target {
    /// The target of a value, in that schema and with that zero bucket.
    pub fn of(value: f64, schema: i8, zero_threshold: f64) -> Target {
        let magnitude = value.abs();
        if value.is_nan() {
            Target::Nan
        } else if magnitude <= zero_threshold {
            Target::Zero
        } else {
            Target::Bucket(Bucket {
                is_negative: value < 0.0,
                index: index_of(magnitude, schema),
            })
        }
    }
}

/// The sparse buckets of one writer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sparse {
    pub schema: i8,
    pub zero_threshold: f64,
    /// How many values are in the zero bucket.
    pub zero: f64,
    /// How many values were NaN.
    pub nan: f64,
    /// The buckets with their counts, each once, in any order.
    pub buckets: Vec<(Bucket, f64)>,
}

impl Sparse {
    /// No values yet.
    pub fn new(spec: &NativeSpec) -> Sparse {
        Sparse {
            schema: spec.schema,
            zero_threshold: spec.zero_threshold,
            ..Sparse::default()
        }
    }

    /// Whether its resolution or zero bucket is coarser than declared.
    pub fn is_degraded(&self, spec: &NativeSpec) -> bool {
        self.schema < spec.schema || self.zero_threshold > spec.zero_threshold
    }

    /// Adds the bucket for that value, if it is missing.
    pub fn provide(&mut self, value: f64) {
        if let Target::Bucket(bucket) = Target::of(value, self.schema, self.zero_threshold)
            && !self.buckets.iter().any(|(known, _)| *known == bucket)
        {
            self.buckets.push((bucket, 0.0));
        }
    }

    /// Reduces the number of buckets to the limit: widens the zero bucket as far as allowed, and then halves the
    /// resolution. The coarsest resolution may exceed the limit.
    pub fn limit(&mut self, spec: &NativeSpec) {
        while self.buckets.len() > spec.max_buckets as usize
            && (self.widen(spec.max_zero_threshold) || self.halve())
        {}
    }

    /// Merges the buckets next to zero into the zero bucket, unless that exceeds the limit.
    fn widen(&mut self, most: f64) -> bool {
        let next = self.buckets.iter().map(|(bucket, _)| bucket.index).min();
        let edge = next.map_or(f64::INFINITY, |index| upper_bound(index, self.schema));
        let widens = edge <= most && edge > self.zero_threshold;
        if widens {
            self.absorb(edge);
        }
        widens
    }

    fn halve(&mut self) -> bool {
        let halves = self.schema > COARSEST;
        if halves {
            self.coarsen(self.schema - 1);
        }
        halves
    }

    /// Lowers the resolution to that schema, unless it is as low already.
    pub fn coarsen(&mut self, schema: i8) {
        if schema >= self.schema {
            return;
        }
        let steps = self.schema - schema;
        for (bucket, _) in &mut self.buckets {
            bucket.index = coarser(bucket.index, steps);
        }
        self.schema = schema;
        unite(&mut self.buckets);
    }

    /// Widens the zero bucket to that threshold, which must not lie inside of a bucket with values.
    pub fn absorb(&mut self, threshold: f64) {
        if threshold <= self.zero_threshold {
            return;
        }
        let Sparse {
            schema,
            zero,
            buckets,
            ..
        } = self;
        buckets.retain(|(bucket, count)| {
            let stays = upper_bound(bucket.index, *schema) > threshold;
            *zero += if stays { 0.0 } else { *count };
            stays
        });
        self.zero_threshold = threshold;
    }

    /// The least threshold, from that one upwards, that lies inside of no bucket with values.
    pub fn edge(&self, threshold: f64) -> f64 {
        let is_inside = |index: i32| {
            lower_bound(index, self.schema) < threshold
                && threshold < upper_bound(index, self.schema)
        };
        let inside = self
            .buckets
            .iter()
            .find(|(bucket, count)| *count > 0.0 && is_inside(bucket.index));
        inside.map_or(threshold, |(bucket, _)| {
            upper_bound(bucket.index, self.schema)
        })
    }
}

/// Combines equal buckets.
fn unite(buckets: &mut Vec<(Bucket, f64)>) {
    buckets.sort_unstable_by_key(|(bucket, _)| *bucket);
    buckets.dedup_by(|(bucket, count), (kept, sum)| {
        let is_same = bucket == kept;
        if is_same {
            *sum += *count;
        }
        is_same
    });
}

/// The sum over the writers, at their coarsest resolution and with their widest zero bucket. If this zero bucket ends
/// inside of a bucket of another writer, it is widened to the end of that bucket, as in Prometheus.
pub(crate) fn merge(shares: &mut [Sparse]) -> NativeHistogram {
    let schema = shares.iter().map(|share| share.schema).min();
    let schema = schema.unwrap_or_default();
    let threshold = common_threshold(shares);
    let mut all = Vec::new();
    let (mut zero, mut nan) = (0.0, 0.0);
    for share in shares {
        share.absorb(threshold);
        share.coarsen(schema);
        zero += share.zero;
        nan += share.nan;
        all.append(&mut share.buckets);
    }
    unite(&mut all);
    all.retain(|(_, count)| *count > 0.0);
    let counted: f64 = all.iter().map(|(_, count)| *count).sum();
    let of_sign = |is_negative: bool| {
        all.iter()
            .filter(|(bucket, _)| bucket.is_negative == is_negative)
            .map(|(bucket, count)| (bucket.index, *count as u64))
            .collect()
    };
    NativeHistogram {
        schema,
        zero_threshold: threshold,
        zero_count: zero as u64,
        positive: of_sign(false),
        negative: of_sign(true),
        count: (counted + zero + nan) as u64,
        exemplars: 0..0,
    }
}

/// The widest threshold that lies inside of no bucket of a writer with a narrower one.
fn common_threshold(shares: &[Sparse]) -> f64 {
    let mut threshold = shares
        .iter()
        .fold(0.0, |widest: f64, share| widest.max(share.zero_threshold));
    loop {
        let before = threshold;
        for share in shares {
            if share.zero_threshold < threshold {
                threshold = share.edge(threshold);
            }
        }
        if threshold == before {
            return threshold;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bucket_bounds::FINEST;

    fn spec(schema: i8) -> NativeSpec {
        NativeSpec {
            schema,
            ..NativeSpec::default()
        }
    }

    fn share(spec: &NativeSpec, values: &[f64]) -> Sparse {
        let mut sparse = Sparse::new(spec);
        for value in values {
            sparse.provide(*value);
            match Target::of(*value, sparse.schema, sparse.zero_threshold) {
                Target::Nan => sparse.nan += 1.0,
                Target::Zero => sparse.zero += 1.0,
                Target::Bucket(bucket) => {
                    let known = sparse.buckets.iter_mut().find(|(own, _)| *own == bucket);
                    known.unwrap().1 += 1.0;
                }
            }
        }
        sparse
    }

    #[test]
    fn signs_zero_nan_and_infinities_have_their_places() {
        let values = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::from_bits(1),
        ];
        let merged = merge(&mut [share(&spec(0), &values)]);
        assert_eq!(merged.zero_count, 3, "subnormal numbers are below 2^-128");
        assert_eq!(merged.positive, [(0, 1), (1025, 1)]);
        assert_eq!(merged.negative, [(0, 1), (1025, 1)]);
        assert_eq!(merged.count, 8);
        let exact = NativeSpec {
            zero_threshold: 0.0,
            ..spec(0)
        };
        let merged = merge(&mut [share(&exact, &values)]);
        assert_eq!(merged.zero_count, 2);
        assert_eq!(merged.positive, [(-1074, 1), (0, 1), (1025, 1)]);
    }

    #[test]
    fn writers_are_merged_at_the_coarsest_resolution() {
        let values: Vec<f64> = (1..2000).map(|number| f64::from(number) * 0.37).collect();
        for (one, other) in [(FINEST, 3), (3, 0), (0, COARSEST), (FINEST, COARSEST)] {
            let (first, second) = values.split_at(700);
            let merged = merge(&mut [share(&spec(one), first), share(&spec(other), second)]);
            let expected = merge(&mut [share(&spec(other), &values)]);
            assert_eq!(merged, expected, "{one} and {other}");
        }
    }

    #[test]
    fn a_zero_bucket_that_ends_inside_of_a_bucket_is_widened_to_its_end() {
        let wide = NativeSpec {
            zero_threshold: 3.0,
            ..spec(0)
        };
        let shares = || {
            [
                share(&wide, &[1.0, 3.5]),
                share(&spec(-1), &[0.5, -2.5, 5.0]),
            ]
        };
        let merged = merge(&mut shares());
        // 3 lies inside of (1, 4] of the other writer, so its bucket goes into the zero bucket, and 3.5 as well.
        assert_eq!((merged.schema, merged.zero_threshold), (-1, 4.0));
        assert_eq!(merged.zero_count, 4);
        assert_eq!(merged.positive, [(2, 1)]);
        assert_eq!(merged.negative, []);
        // A bucket without values moves nothing.
        let mut empty = Sparse::new(&spec(-1));
        empty.provide(2.0);
        let merged = merge(&mut [share(&wide, &[1.0, 3.5]), empty]);
        assert_eq!(merged.zero_threshold, 3.0);
        assert_eq!(merged.positive, [(1, 1)]);
    }

    #[test]
    fn too_many_buckets_first_widen_the_zero_bucket_and_then_halve_the_resolution() {
        let limited = NativeSpec {
            max_buckets: 4,
            max_zero_threshold: 1.0,
            ..spec(0)
        };
        let mut sparse = share(&limited, &[0.25, -0.5, 1.0, 2.0, 4.0, 8.0]);
        sparse.limit(&limited);
        assert_eq!((sparse.schema, sparse.zero_threshold), (0, 0.5));
        assert_eq!((sparse.zero, sparse.buckets.len()), (2.0, 4));
        for value in [16.0, 32.0] {
            sparse.provide(value);
        }
        sparse.limit(&limited);
        assert_eq!((sparse.schema, sparse.zero_threshold), (-1, 1.0));
        assert_eq!(sparse.zero, 3.0);
        let total: f64 = sparse.buckets.iter().map(|(_, count)| count).sum();
        assert_eq!(total, 3.0);
        assert!(sparse.is_degraded(&limited));
    }
}
