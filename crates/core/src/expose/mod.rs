//! A scrape as bytes: the exposition formats that Prometheus reads.
//!
//! The Prometheus text format has prom-client's layout, byte for byte. OpenMetrics comes in two dialects: version 1.0.0 of
//! its specification to the letter, and prom-client's. Protobuf carries what no text does: native histograms.
//!
//! ```text
//! scrape, encode -> text | open_metrics  the lines around the samples: HELP, TYPE, blank lines, EOF
//!                |    -> samples         the lines of one family's series
//!                |         -> number, crate::model::escape
//!                -> open_metrics_2       experimental: a line for each series
//!                -> protobuf -> wire     the messages of the families
//! ```

#[cfg(test)]
mod decoded;
mod escaped_names;
mod format;
mod number;
mod open_metrics;
mod open_metrics_2;
mod prefault;
mod protobuf;
#[cfg(test)]
mod round_trip;
mod sample_name;
mod samples;
mod text;
mod wire;

pub use crate::model::escape::{escape_label_value, parse_labels, push_label};
pub use format::{Dialect, Encoding, Escaping, Format};
pub use number::push_number;

use crate::error::Result;
use crate::model::family::{Family, Value};
use crate::read::snapshot::{self, Filter};
use crate::storage::heap::Heap;

/// Appends the exposition of `families` to `out`, in the given order.
///
/// ```
/// use mpmetrics_core::expose::{Dialect, Format, encode};
///
/// let mut out = Vec::new();
/// encode(&[], Format::Text, &mut out);
/// assert_eq!(out, b"\n"); // what prom-client prints for an empty registry
///
/// out.clear();
/// encode(&[], Format::OpenMetrics(Dialect::Standard), &mut out);
/// assert_eq!(out, b"# EOF\n");
/// ```
pub fn encode(families: &[Family], encoding: impl Into<Encoding>, out: &mut Vec<u8>) {
    let encoding = encoding.into();
    out.reserve(
        families
            .iter()
            .map(|family| estimate(family, encoding))
            .sum(),
    );
    let mut exposition = Exposition::new(encoding, out);
    for family in families {
        exposition.push(family);
    }
    exposition.end();
}

/// Appends the exposition of a heap's families that the filter admits to `out`. Only one family at a time is in memory.
/// Returns whether the text is ASCII. After an error the contents of `out` are no exposition.
///
/// The spare capacity of `out` should be the expected length: its memory is fetched ahead, by a second thread if there is
/// much.
pub fn scrape(
    heap: &Heap,
    filter: &Filter,
    encoding: impl Into<Encoding>,
    out: &mut Vec<u8>,
) -> Result<bool> {
    let encoding = encoding.into();
    prefault::with_prefault(out, |out| {
        let mut exposition = Exposition::new(encoding, out);
        let mut is_ascii = true;
        snapshot::each(heap, filter, |family| {
            let start = exposition.out.len();
            exposition.push(family);
            // Looked at while the processor still has it in its cache.
            is_ascii &= exposition.out[start..].is_ascii();
        })?;
        exposition.end();
        Ok(is_ascii)
    })
}

/// An exposition that is being written.
struct Exposition<'a> {
    encoding: Encoding,
    is_empty: bool,
    out: &'a mut Vec<u8>,
}

impl<'a> Exposition<'a> {
    fn new(encoding: Encoding, out: &'a mut Vec<u8>) -> Self {
        Self {
            encoding: encoding.checked(),
            is_empty: true,
            out,
        }
    }

    fn push(&mut self, family: &Family) {
        let created = self.encoding.created;
        let family = &*escaped_names::escaped(family, self.encoding.escaping);
        match self.encoding.format {
            Format::Text => text::push_family(family, self.is_empty, self.out),
            Format::OpenMetrics(dialect) => {
                open_metrics::push_family(family, dialect, created, self.out)
            }
            Format::OpenMetrics2 => open_metrics_2::push_family(family, self.out),
            Format::Protobuf => protobuf::push_family(family, self.out),
        }
        self.is_empty = false;
    }

    fn end(self) {
        match self.encoding.format {
            Format::Text => text::end(self.is_empty, self.out),
            Format::OpenMetrics(_) | Format::OpenMetrics2 => open_metrics::end(self.out),
            Format::Protobuf => {}
        }
    }
}

/// About how many bytes the family takes; too many rather than too few, so that a large exposition
/// is never moved while it grows.
fn estimate(family: &Family, encoding: Encoding) -> usize {
    /// The bytes of a line besides its name and labels: suffix, braces, number, newline.
    const LINE: usize = 32;
    let created = usize::from(encoding.created);
    let lines = match family.series.first().map(|series| &series.value) {
        None => 0,
        Some(Value::Number(_)) => 1 + created,
        Some(Value::Histogram { counts, .. }) => counts.len() + 2 + created,
        Some(Value::Summary { quantiles, .. }) => quantiles.len() + 2 + created,
        Some(Value::State(_)) => family.states.len(),
    };
    let series = (family.name.len() + LINE) * family.series.len() + family.text.len();
    2 * (family.name.len() + LINE) + family.help.len() + lines * series
}
