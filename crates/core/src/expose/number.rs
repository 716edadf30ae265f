//! Numbers as ECMAScript prints them, and thus prom-client.

/// Appends `value`: the shortest digits that read back as the same double, as in JavaScript's `String(value)`, except for
/// `+Inf` and `-Inf`. There is one `NaN`, and no `-0`.
///
/// ```
/// let mut out = Vec::new();
/// mpmetrics_core::expose::push_number(0.1 + 0.2, &mut out);
/// assert_eq!(out, b"0.30000000000000004");
/// ```
#[inline]
pub fn push_number(value: f64, out: &mut Vec<u8>) {
    // Most numbers are counts, which this branch prints in a fraction of the time.
    if let Some(integer) = as_integer(value) {
        out.extend_from_slice(itoa::Buffer::new().format(integer).as_bytes());
    } else if value.is_finite() {
        out.extend_from_slice(ryu_js::Buffer::new().format_finite(value).as_bytes());
    } else {
        out.extend_from_slice(not_finite(value).as_bytes());
    }
}

/// The number as an integer, if it is one whose digits are ECMAScript's too. -0 becomes 0, as in ECMAScript.
#[inline]
fn as_integer(value: f64) -> Option<i64> {
    /// Up to here neighbouring integers are doubles.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    if value.abs() >= LARGEST || value.is_nan() {
        return None;
    }
    // SAFETY: the value is no NaN, and its whole part lies within the bounds of the type.
    let integer: i64 = unsafe { value.to_int_unchecked() };
    (integer as f64 == value).then_some(integer)
}

/// Appends `value` as OpenMetrics requires for the bounds of buckets and quantiles: like Go's `%g`, with a decimal point or
/// an exponent in each (`1.0`, `1e+06`).
///
/// The bound is part of a label, so all clients must print the same text.
pub(super) fn push_canonical(value: f64, out: &mut Vec<u8>) {
    if !value.is_finite() {
        out.extend_from_slice(not_finite(value).as_bytes());
        return;
    }
    // The shortest digits, as `d.ddde-7`. This runs once a bucket of a family, not of a series.
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let text = if (-4..6).contains(&exponent) {
        format!("{value:?}")
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
    };
    out.extend_from_slice(text.as_bytes());
}

fn not_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(value: f64) -> String {
        let mut out = Vec::new();
        push_number(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn canonical(value: f64) -> String {
        let mut out = Vec::new();
        push_canonical(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_look_as_they_do_in_javascript() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-17.0, "-17"),
            (0.005, "0.005"),
            (0.000001, "0.000001"),
            (0.0000001, "1e-7"),
            (1.5e-9, "1.5e-9"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (-1e21, "-1e+21"),
            (9_223_372_036_854_775_807.0, "9223372036854776000"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (f64::NAN, "NaN"),
            (-f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn bounds_look_as_they_do_in_go() {
        for (value, text) in [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (-1.0, "-1.0"),
            (0.005, "0.005"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.000012, "1.2e-05"),
            (10.0, "10.0"),
            (123_456.5, "123456.5"),
            (100_000.0, "100000.0"),
            (1_000_000.0, "1e+06"),
            (1_234_567.5, "1.2345675e+06"),
            (1e10, "1e+10"),
            (1e100, "1e+100"),
            (f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(canonical(value), text);
        }
    }

    proptest! {
        #[test]
        fn every_number_reads_back_as_itself(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            for text in [number(value), canonical(value)] {
                let back: f64 = text.parse().unwrap();
                prop_assert!(back == value || back.is_nan() && value.is_nan());
            }
        }

        #[test]
        fn whole_numbers_have_the_same_digits_on_both_paths(value in -(1_i64 << 54)..(1 << 54)) {
            let value = value as f64;
            let mut digits = ryu_js::Buffer::new();
            prop_assert_eq!(number(value), digits.format(value));
        }
    }
}
