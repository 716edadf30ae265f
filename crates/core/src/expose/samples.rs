//! The sample lines of one family, in either format. Mostly copies: the pieces of a line were made once, for the series or
//! for the family, and only numbers are new.

use super::number::push_number;
use super::sample_name::push_name;
use crate::model::escape::push_label;
use crate::model::family::{Exemplar, Family, Kind, Series, Value};
use crate::model::name::is_metric_name;

/// The choices of a format for the lines of a family.
pub(super) struct Samples<'a> {
    /// The beginning of the samples' names.
    pub(super) name: &'a str,
    /// The suffix of a sample that carries a plain number.
    pub(super) value_suffix: &'static str,
    /// Whether each series has a line with its creation time.
    pub(super) created: bool,
    /// Whether counters and buckets carry their exemplars.
    pub(super) exemplars: bool,
    /// Whether a histogram has `_sum` and `_count` lines.
    pub(super) sum_and_count: bool,
    /// Whether counters and quantiles may be negative, and a sum NaN. Otherwise such a sample is omitted: a strict reader
    /// would refuse the whole page.
    pub(super) any_number: bool,
    /// How a bucket's upper bound is written.
    pub(super) push_bound: fn(f64, &mut Vec<u8>),
}

/// Appends all lines of all series of `family`.
pub(super) fn push_samples(family: &Family, samples: &Samples<'_>, out: &mut Vec<u8>) {
    if family.series.is_empty() {
        return;
    }
    let lines = Lines::new(family, samples);
    let mut end = Vec::new();
    for series in &family.series {
        let labels = &family.text.as_bytes()[series.labels.clone()];
        let exemplars = Exemplars::of(family, series, samples.exemplars);
        let grows = |number: f64| samples.any_number || number >= 0.0;
        match &series.value {
            Value::Number(number) if family.kind == Kind::Counter && !grows(*number) => {}
            Value::Number(number) => {
                lines.push(&lines.value, labels, *number, out);
                exemplars.push_behind(0, out);
            }
            Value::Histogram { sum, counts, .. } => {
                let counts = &family.numbers[counts.clone()];
                push_buckets(&lines, labels, counts, &exemplars, &mut end, out);
                // Neither may stand without the other.
                if samples.sum_and_count && grows(*sum) {
                    lines.push(&lines.sum, labels, *sum, out);
                    lines.push(&lines.count, labels, counts.iter().sum(), out);
                }
            }
            Value::Summary {
                count,
                sum,
                quantiles,
            } => {
                for (at, value) in family.numbers[quantiles.clone()].iter().enumerate() {
                    if grows(*value) || value.is_nan() {
                        push_bound_line(lines.bound(at), labels, *value, out);
                    }
                }
                if grows(*sum) {
                    lines.push(&lines.sum, labels, *sum, out);
                }
                lines.push(&lines.count, labels, *count, out);
            }
            Value::State(state) => push_states(family, &lines, labels, *state, out),
        }
        push_created(&lines, labels, series, out);
    }
}

/// The beginnings of a family's lines, up to where the labels stand. A name that is no legacy name stands between the braces:
/// `{"name",`
struct Lines {
    /// Whether the names stand between the braces.
    is_quoted: bool,
    /// `name{`
    value: Vec<u8>,
    /// `name_bucket{le="0.1",` or `name{quantile="0.5",`, for each bound, one after the other …
    bounds: Vec<u8>,
    /// … and where each of them ends, a histogram's `+Inf` last.
    bound_ends: Vec<usize>,
    /// `name_sum{`
    sum: Vec<u8>,
    /// `name_count{`
    count: Vec<u8>,
    /// `name_created{`, where it is printed.
    created: Option<Vec<u8>>,
}

impl Lines {
    fn new(family: &Family, samples: &Samples<'_>) -> Self {
        let is_quoted = !is_metric_name(samples.name);
        let named = |suffix: &str| {
            let name = [samples.name, suffix].concat();
            let mut beginning = Vec::new();
            if is_quoted {
                beginning.push(b'{');
            }
            push_name(&name, &mut beginning);
            beginning.push(if is_quoted { b',' } else { b'{' });
            beginning
        };
        let (suffix, label, last) = match family.kind {
            Kind::Summary => ("", b"quantile=\"".as_slice(), None),
            _ => ("_bucket", b"le=\"".as_slice(), Some(f64::INFINITY)),
        };
        let bound_name = named(suffix);
        let mut bounds = Vec::new();
        let mut bound_ends = Vec::with_capacity(family.bounds.len() + 1);
        for bound in family.bounds.iter().copied().chain(last) {
            bounds.extend_from_slice(&bound_name);
            bounds.extend_from_slice(label);
            (samples.push_bound)(bound, &mut bounds);
            bounds.extend_from_slice(b"\",");
            bound_ends.push(bounds.len());
        }
        Self {
            is_quoted,
            value: named(samples.value_suffix),
            bounds,
            bound_ends,
            sum: named("_sum"),
            count: named("_count"),
            created: samples.created.then(|| named("_created")),
        }
    }

    /// The beginning of the line of the bound at that index.
    fn bound(&self, at: usize) -> &[u8] {
        let start = at
            .checked_sub(1)
            .map_or(0, |before| self.bound_ends[before]);
        &self.bounds[start..self.bound_ends[at]]
    }
}

/// The exemplars of one series, to be printed behind its samples.
struct Exemplars<'a> {
    family: &'a Family,
    exemplars: &'a [Exemplar],
}

impl<'a> Exemplars<'a> {
    fn of(family: &'a Family, series: &Series, shown: bool) -> Self {
        let exemplars = if shown {
            &family.exemplars[series.exemplars.clone()]
        } else {
            &[]
        };
        Self { family, exemplars }
    }

    /// Appends ` # {trace_id="…"} value timestamp` to the line that has just ended, if its bucket has an exemplar.
    #[inline]
    fn push_behind(&self, bucket: usize, out: &mut Vec<u8>) {
        // Nearly no series has any.
        if !self.exemplars.is_empty() {
            self.push(bucket, out);
        }
    }

    fn push(&self, bucket: usize, out: &mut Vec<u8>) {
        let Some(exemplar) = self
            .exemplars
            .iter()
            .find(|exemplar| exemplar.bucket == bucket)
        else {
            return;
        };
        out.pop();
        out.extend_from_slice(b" # {");
        out.extend_from_slice(self.family.text[exemplar.labels.clone()].as_bytes());
        out.extend_from_slice(b"} ");
        push_number(exemplar.value, out);
        out.push(b' ');
        push_number(exemplar.timestamp, out);
        out.push(b'\n');
    }
}

/// Appends one line for each state of an enum: 1 for the present state, 0 for the others.
fn push_states(family: &Family, lines: &Lines, labels: &[u8], state: usize, out: &mut Vec<u8>) {
    let mut own = Vec::new();
    for (at, name) in family.states.iter().enumerate() {
        own.clear();
        own.extend_from_slice(labels);
        let mut label = String::new();
        push_label(&family.name, name, &mut label);
        if !labels.is_empty() {
            own.push(b',');
        }
        own.extend_from_slice(label.as_bytes());
        lines.push(&lines.value, &own, f64::from(u8::from(at == state)), out);
    }
}

/// Appends the line of a bound: its beginning has a label already, and a comma behind it.
fn push_bound_line(beginning: &[u8], labels: &[u8], number: f64, out: &mut Vec<u8>) {
    push_beginning(beginning, labels, out);
    push_end(number, out);
}

/// Appends the beginning of a line and the labels. Without labels, the last character of the beginning is omitted.
#[inline(always)]
fn push_beginning(beginning: &[u8], labels: &[u8], out: &mut Vec<u8>) {
    if labels.is_empty() {
        out.extend_from_slice(&beginning[..beginning.len() - 1]);
    } else {
        out.extend_from_slice(beginning);
        out.extend_from_slice(labels);
    }
}

/// Appends the end of a line, behind the labels.
#[inline]
fn push_end(number: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"} ");
    push_number(number, out);
    out.push(b'\n');
}

impl Lines {
    /// Appends `name{labels} number`, without braces if there are neither labels nor a quoted name. The beginning ends in the
    /// first brace, or in a comma.
    #[inline]
    fn push(&self, beginning: &[u8], labels: &[u8], number: f64, out: &mut Vec<u8>) {
        push_beginning(beginning, labels, out);
        if labels.is_empty() && !self.is_quoted {
            out.push(b' ');
            push_number(number, out);
            out.push(b'\n');
        } else {
            push_end(number, out);
        }
    }
}

/// Appends the buckets, made cumulative. `end` is scratch space.
fn push_buckets(
    lines: &Lines,
    labels: &[u8],
    counts: &[f64],
    exemplars: &Exemplars<'_>,
    end: &mut Vec<u8>,
    out: &mut Vec<u8>,
) {
    let mut cumulative = 0.0;
    for (at, count) in counts.iter().enumerate() {
        // Most buckets of most histograms are empty. Such a line has the same end as the one before.
        if at == 0 || *count != 0.0 {
            cumulative += count;
            end.clear();
            push_end(cumulative, end);
        }
        push_beginning(lines.bound(at), labels, out);
        out.extend_from_slice(end);
        exemplars.push_behind(at, out);
    }
}

fn push_created(lines: &Lines, labels: &[u8], series: &Series, out: &mut Vec<u8>) {
    // The time is 0 if the clock of the writer was before the epoch.
    if let Some(name) = &lines.created
        && series.created > 0.0
    {
        lines.push(name, labels, series.created, out);
    }
}
