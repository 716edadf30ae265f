//! Native histograms: the sparse buckets of several writers, and their sum.

#[path = "support/heaps.rs"]
mod heaps;

use heaps::{labels, pair, shared, spec, text};
use mpmetrics_core::*;
use std::collections::BTreeMap;

/// A native histogram, and its classic bucket `+Inf`.
fn native(native: NativeSpec, labels: &[&str]) -> FamilySpec {
    FamilySpec {
        native: Some(native),
        bounds: vec![],
        ..spec(Kind::Histogram, "h", labels)
    }
}

fn declare(writer: &Writer, spec: &FamilySpec) -> u32 {
    writer.declare(spec).unwrap().0
}

fn bind(writer: &Writer, family: u32) -> Binding {
    writer.bind(family, &Labels::new([])).unwrap().unwrap()
}

fn observe(writer: &Writer, binding: Binding, values: impl IntoIterator<Item = f64>) {
    for value in values {
        assert!(writer.native_observe(binding, 0, value).unwrap());
    }
}

/// The only series as a scrape shows it: sparse buckets, classic count, and sum.
fn read(heap: &Heap) -> (NativeHistogram, f64, f64) {
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    let mut families = snapshot::take(heap, &filter).unwrap();
    let family = families.pop().unwrap();
    let Value::Histogram {
        sum,
        counts,
        native: Some(native),
    } = &family.series[0].value
    else {
        panic!("no native histogram");
    };
    let count = family.numbers[counts.clone()].iter().sum();
    (family.natives[*native].clone(), count, *sum)
}

fn counted(native: &NativeHistogram) -> u64 {
    let buckets = native.positive.iter().chain(&native.negative);
    native.zero_count + buckets.map(|(_, count)| count).sum::<u64>()
}

/// Numbers that look random: the bits of a SplitMix64.
struct Random(u64);

impl Random {
    /// Between 0 and 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The buckets by brute force: powers of the base up to the value.
fn expected(values: &[f64], schema: i8) -> BTreeMap<i32, u64> {
    let mut buckets = BTreeMap::new();
    let base = 2f64.powf(2f64.powi(-i32::from(schema)));
    for value in values {
        let index = (value.ln() / base.ln()).ceil() as i32;
        *buckets.entry(index).or_default() += 1;
    }
    buckets
}

#[test]
fn writers_are_added_up_exactly() {
    let [one, two] = pair();
    let spec = native(NativeSpec::with_factor(1.1).unwrap(), &[]);
    let [first, second] = [&one, &two].map(|writer| bind(writer, declare(writer, &spec)));
    let mut random = Random(7);
    let values: Vec<f64> = (0..20_000).map(|_| (4.0 * random.next()).exp()).collect();
    observe(&one, first, values[..15_000].iter().copied());
    observe(&two, second, values[15_000..].iter().copied());
    let (native, count, sum) = read(one.heap());
    assert_eq!(native.schema, 3);
    assert_eq!(native.zero_threshold, 2f64.powi(-128));
    let positive: BTreeMap<i32, u64> = native.positive.iter().copied().collect();
    assert_eq!(positive, expected(&values, 3));
    assert_eq!((count, native.count), (20_000.0, 20_000));
    let exact: f64 = values.iter().sum();
    assert!((sum / exact - 1.0).abs() < 1e-9);
}

#[test]
fn every_number_can_be_observed() {
    let [one, _two] = pair();
    let binding = bind(&one, declare(&one, &native(NativeSpec::default(), &[])));
    // Without a value there is a native histogram, too.
    let (native, count, _) = read(one.heap());
    assert_eq!((counted(&native), native.schema, count), (0, 3, 0.0));
    let values = [
        0.0,
        -0.0,
        1e-300,
        -1.0,
        1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
    ];
    observe(&one, binding, values);
    let (native, count, sum) = read(one.heap());
    assert_eq!(native.zero_count, 3);
    assert_eq!(native.positive, [(0, 1), (8192, 1), (8193, 1)]);
    assert_eq!(native.negative, [(0, 1), (8193, 1)]);
    assert_eq!((native.count, count), (9, 9.0));
    assert_eq!(counted(&native), 8, "NaN has no bucket");
    assert!(sum.is_nan());
    assert!(
        text(one.heap()).contains("h_bucket{le=\"+Inf\"} 9"),
        "{}",
        text(one.heap())
    );
}

#[test]
fn a_writer_with_too_many_buckets_becomes_coarser_alone() {
    let [one, two] = pair();
    let spec = native(
        NativeSpec {
            schema: 8,
            max_buckets: 20,
            ..NativeSpec::default()
        },
        &[],
    );
    let [first, second] = [&one, &two].map(|writer| bind(writer, declare(writer, &spec)));
    observe(&two, second, [1.0, 1.0]);
    assert_eq!(read(one.heap()).0.schema, 8);
    let values: Vec<f64> = (0..4000).map(|number| 1.001f64.powi(number)).collect();
    observe(&one, first, values.iter().copied());
    observe(&two, second, [1.0]);
    let (native, count, _) = read(one.heap());
    // 4,000 steps of 0.1 % are 5.8 powers of two: eight buckets with 1 and 2, and 16 would be too many.
    assert_eq!(native.schema, 1);
    assert!(native.positive.len() <= 20);
    assert_eq!((native.count, count), (4003, 4003.0));
    assert_eq!(native.positive[0], (0, 4), "1 is the end of bucket 0");
    let mut all = values;
    all.extend([1.0; 3]);
    let mut expected = expected(&all[1..], 1);
    *expected.entry(0).or_default() += 1;
    assert_eq!(native.positive, expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn the_zero_bucket_is_widened_first() {
    let [one, _two] = pair();
    let spec = native(
        NativeSpec {
            schema: 0,
            max_buckets: 8,
            max_zero_threshold: 1.0,
            ..NativeSpec::default()
        },
        &[],
    );
    let binding = bind(&one, declare(&one, &spec));
    observe(&one, binding, (-6..6).map(|power| 2f64.powi(power)));
    observe(&one, binding, [-0.25]);
    let (native, count, _) = read(one.heap());
    assert_eq!((native.schema, native.zero_threshold), (0, 0.25));
    assert_eq!((native.zero_count, native.positive.len()), (6, 7));
    assert_eq!(native.negative, []);
    assert_eq!(count, 13.0);
}

#[test]
fn the_next_writer_goes_on_with_the_buckets_of_a_dead_one() {
    let options = shared();
    let keeper = Writer::attach(&options, 0).unwrap();
    keeper.registry("default").unwrap();
    let spec = native(NativeSpec::default(), &[]);
    for turn in 1..=3 {
        let writer = Writer::attach(&options, 1).unwrap();
        let binding = bind(&writer, declare(&writer, &spec));
        observe(&writer, binding, [1.0, 2.0, 3.0 + f64::from(turn)]);
        drop(writer);
        let (native, count, _) = read(keeper.heap());
        assert_eq!(count, 3.0 * f64::from(turn));
        assert_eq!(counted(&native), 3 * turn as u64);
        assert_eq!(native.positive[0], (0, turn as u64));
    }
    assert_eq!(verification_of(&keeper), Vec::<String>::new());
}

/// The problems of the heap, where the checks are compiled in.
fn verification_of(_writer: &Writer) -> Vec<String> {
    #[cfg(feature = "verification")]
    return mpmetrics_core::verification::check(_writer.heap()).unwrap();
    #[cfg(not(feature = "verification"))]
    Vec::new()
}

#[test]
fn a_series_with_too_many_buckets_starts_again_for_all_if_it_may() {
    let [one, two] = pair();
    let spec = native(
        NativeSpec {
            max_buckets: 4,
            min_reset: 1e-9,
            ..NativeSpec::default()
        },
        &[],
    );
    let [first, second] = [&one, &two].map(|writer| bind(writer, declare(writer, &spec)));
    observe(&two, second, [1.0]);
    observe(&one, first, [1.0, 2.0, 4.0, 8.0]);
    assert_eq!(read(one.heap()).1, 5.0);
    // The bindings of both writers end. Each binds again and goes on.
    assert!(!one.native_observe(first, 0, 16.0).unwrap());
    assert!(!two.native_observe(second, 0, 1.0).unwrap());
    let first = bind(&one, declare(&one, &spec));
    observe(&one, first, [16.0]);
    let (native, count, sum) = read(one.heap());
    assert_eq!((native.positive.len(), count, sum), (1, 1.0, 16.0));
    // Without that option, nothing starts again.
    let never = native_without_reset();
    let binding = bind(&one, declare(&one, &never));
    observe(&one, binding, (0..50).map(f64::from));
}

fn native_without_reset() -> FamilySpec {
    FamilySpec {
        name: "never".into(),
        ..native(
            NativeSpec {
                max_buckets: 4,
                ..NativeSpec::default()
            },
            &[],
        )
    }
}

#[test]
fn tables_go_back_with_their_series() {
    let [one, _two] = pair();
    let family = declare(&one, &native(NativeSpec::default(), &["l"]));
    let mut used = Vec::new();
    for round in 0..6 {
        let label = labels(&round.to_string());
        let binding = one.bind(family, &label).unwrap().unwrap();
        observe(&one, binding, (0..150).map(|number| 1.1f64.powi(number)));
        assert!(one.remove_series(family, &label).unwrap());
        used.push(snapshot::info(one.heap()).unwrap().used_bytes);
    }
    assert_eq!(used[5], used[1], "{used:?}");
}

#[test]
fn other_histograms_are_merged_at_their_resolution() {
    let [one, _two] = pair();
    let binding = bind(&one, declare(&one, &native(NativeSpec::default(), &[])));
    observe(&one, binding, [1.0, 1.05, 3.0]);
    assert!(one.native_coarsen(binding, 0, 1.0).unwrap());
    assert!(one.native_add(binding, 0, 5.0, 20.0, 4.0).unwrap());
    let (native, count, _) = read(one.heap());
    // 1.05 is in the bucket from 1 to 1.09: 1 lies inside of no bucket.
    assert_eq!((native.schema, native.zero_threshold), (0, 1.0));
    assert_eq!(native.zero_count, 1);
    assert_eq!(native.positive, [(1, 1), (2, 6)]);
    assert_eq!(count, 8.0);
}

#[test]
fn sparse_buckets_show_ten_young_exemplars() {
    let [one, _two] = pair();
    let spec = FamilySpec {
        exemplars: true,
        bounds: vec![1.0, 10.0],
        ..native(NativeSpec::default(), &[])
    };
    let binding = bind(&one, declare(&one, &spec));
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    for tag in 0..14 {
        let age = if tag == 1 {
            301.0
        } else {
            20.0 - f64::from(tag)
        };
        let trace = Labels::new([("trace_id", tag.to_string().as_str())]);
        assert!(
            one.exemplar_store(binding, tag, f64::from(tag), now - age, &trace)
                .unwrap()
        );
    }
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    let family = &snapshot::take(one.heap(), &filter).unwrap()[0];
    let series = &family.series[0];
    let classic: Vec<(usize, f64)> = family.exemplars[series.exemplars.clone()]
        .iter()
        .map(|exemplar| (exemplar.bucket, exemplar.value))
        .collect();
    assert_eq!(
        classic,
        [(0, 0.0), (1, 1.0), (2, 13.0)],
        "the newest of each bucket"
    );
    let sparse: Vec<f64> = family.exemplars[family.natives[0].exemplars.clone()]
        .iter()
        .map(|exemplar| exemplar.value)
        .collect();
    assert_eq!(sparse, (4..14).map(f64::from).collect::<Vec<_>>());
}
