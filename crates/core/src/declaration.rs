//! What a family is declared to be, and how that is written down in the heap.

use crate::error::{Error, Result};
use crate::family::{Aggregator, Kind};
use crate::hash::{SEED, hash};
use crate::layout::{histogram, summary};

/// Everything a program says of a family when it declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct FamilySpec {
    /// The numbers of the registries that show the family.
    pub registries: Vec<u32>,
    /// The name, without a suffix of our own.
    pub name: String,
    /// The help text. Two declarations never conflict over it.
    pub help: String,
    /// The unit, or an empty string.
    pub unit: String,
    /// The kind of metric.
    pub kind: Kind,
    /// How the writers' values become one.
    pub aggregator: Aggregator,
    /// The label names.
    pub label_names: Vec<String>,
    /// A histogram's upper bounds without `+Inf`, ascending; a summary's quantiles, between 0 and 1.
    pub bounds: Vec<f64>,
    /// A summary's windows: quantiles are of the values of the last so many intervals. 0: of all values.
    pub windows: u32,
    /// The seconds of a summary's interval.
    pub interval: f64,
    /// The states of an enum.
    pub states: Vec<String>,
    /// Whether counters and buckets carry exemplars.
    pub exemplars: bool,
    /// The seconds after which a series whose value stays the same is removed. 0: never. Who scrapes keeps the time, so a
    /// series goes with the first scrape after it.
    pub expire_after: f64,
}

impl Default for FamilySpec {
    /// A counter without a name, in the first registry.
    fn default() -> Self {
        FamilySpec {
            registries: vec![0],
            name: String::new(),
            help: String::new(),
            unit: String::new(),
            kind: Kind::Counter,
            aggregator: Aggregator::Sum,
            label_names: Vec::new(),
            bounds: Vec::new(),
            windows: 0,
            interval: 0.0,
            states: Vec::new(),
            exemplars: false,
            expire_after: 0.0,
        }
    }
}

impl FamilySpec {
    /// Refuses what has no place in a heap.
    pub(crate) fn check(&self) -> Result<()> {
        if self.bounds.len() >= histogram::MAX_BUCKETS {
            return Err(Error::BadArgument {
                what: "a histogram can have at most 1023 buckets",
            });
        }
        let is_name = |name: &str| is_identifier(name.as_bytes(), b"_:");
        let is_label = |name: &String| is_identifier(name.as_bytes(), b"_");
        if !is_name(&self.name)
            || !(self.unit.is_empty() || is_name(&self.unit))
            || !self.label_names.iter().all(is_label)
        {
            return Err(Error::BadArgument {
                what: "names and units have letters, digits and underscores, and no digit first",
            });
        }
        if self.bounds.iter().any(|bound| bound.is_nan())
            || self.kind == Kind::Histogram && self.bounds.windows(2).any(|pair| pair[0] >= pair[1])
        {
            return Err(Error::BadArgument {
                what: "the buckets of a histogram must be ascending numbers",
            });
        }
        if self.kind == Kind::Histogram && self.bounds.last() == Some(&f64::INFINITY) {
            return Err(Error::BadArgument {
                what: "every histogram has the bucket +Inf already",
            });
        }
        if self.exemplars && !matches!(self.kind, Kind::Counter | Kind::Histogram) {
            return Err(Error::BadArgument {
                what: "only counters and histograms have exemplars",
            });
        }
        if self.kind == Kind::Summary
            && self.bounds.iter().any(|bound| !(0.0..=1.0).contains(bound))
        {
            return Err(Error::BadArgument {
                what: "the quantiles of a summary lie between 0 and 1",
            });
        }
        if self.windows > summary::MAX_WINDOWS
            || self.windows > 0 && (self.interval.is_nan() || self.interval <= 0.0)
        {
            return Err(Error::BadArgument {
                what: "a summary can have at most 50 windows, of more than 0 seconds each",
            });
        }
        if (self.kind == Kind::Enum) == self.states.is_empty() {
            return Err(Error::BadArgument {
                what: "an enum, and nothing else, has states",
            });
        }
        if self.expire_after.is_nan() || self.expire_after < 0.0 {
            return Err(Error::BadArgument {
                what: "a series expires after a number of seconds",
            });
        }
        if self.registries.is_empty() {
            return Err(Error::BadArgument {
                what: "a family must be in at least one registry",
            });
        }
        Ok(())
    }

    /// Whether all writers share one value, which lies in the record of the series.
    pub fn is_shared(&self) -> bool {
        self.aggregator == Aggregator::Shared || matches!(self.kind, Kind::Info | Kind::Enum)
    }

    /// The same for all declarations that could conflict.
    pub(crate) fn hash(&self) -> u64 {
        hash(self.name.as_bytes(), SEED)
    }

    /// The bytes that must be equal for two declarations to be the same, and behind them the help.
    pub(crate) fn encode(&self) -> (usize, Vec<u8>) {
        let mut bytes = vec![self.kind as u8, self.aggregator as u8];
        let mut registries = self.registries.clone();
        registries.sort_unstable();
        list(&mut bytes, &registries, |bytes, number| {
            bytes.extend(number.to_le_bytes())
        });
        text(&mut bytes, &self.name);
        text(&mut bytes, &self.unit);
        list(&mut bytes, &self.label_names, |bytes, name| {
            text(bytes, name)
        });
        list(&mut bytes, &self.bounds, |bytes, bound| {
            bytes.extend(bound.to_le_bytes())
        });
        bytes.extend(self.windows.to_le_bytes());
        bytes.extend(self.interval.to_le_bytes());
        list(&mut bytes, &self.states, |bytes, state| text(bytes, state));
        bytes.push(self.exemplars.into());
        bytes.extend(self.expire_after.to_le_bytes());
        let identity = bytes.len();
        text(&mut bytes, &self.help);
        (identity, bytes)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<FamilySpec> {
        let mut reader = Reader(bytes);
        let [kind, aggregator] = reader.array::<2>()?;
        Some(FamilySpec {
            kind: KINDS.into_iter().find(|known| *known as u8 == kind)?,
            aggregator: AGGREGATORS
                .into_iter()
                .find(|known| *known as u8 == aggregator)?,
            registries: reader.list(|reader| reader.array().map(u32::from_le_bytes))?,
            name: reader.text()?,
            unit: reader.text()?,
            label_names: reader.list(Reader::text)?,
            bounds: reader.list(|reader| reader.array().map(f64::from_le_bytes))?,
            windows: reader.array().map(u32::from_le_bytes)?,
            interval: reader.array().map(f64::from_le_bytes)?,
            states: reader.list(Reader::text)?,
            exemplars: reader.array::<1>()? != [0],
            expire_after: reader.array().map(f64::from_le_bytes)?,
            help: reader.text()?,
        })
    }
}

/// Whether Prometheus takes that as a name, with `marks` beside letters and digits.
fn is_identifier(name: &[u8], marks: &[u8]) -> bool {
    let is_start = |byte: &u8| byte.is_ascii_alphabetic() || marks.contains(byte);
    name.first().is_some_and(is_start)
        && name
            .iter()
            .all(|byte| is_start(byte) || byte.is_ascii_digit())
}

const KINDS: [Kind; 6] = [
    Kind::Counter,
    Kind::Gauge,
    Kind::Histogram,
    Kind::Summary,
    Kind::Info,
    Kind::Enum,
];
const AGGREGATORS: [Aggregator; 8] = [
    Aggregator::Sum,
    Aggregator::Min,
    Aggregator::Max,
    Aggregator::Average,
    Aggregator::First,
    Aggregator::Omit,
    Aggregator::Shared,
    Aggregator::All,
];

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text.as_bytes());
}

fn list<T>(bytes: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    bytes.extend((items.len() as u32).to_le_bytes());
    items.iter().for_each(|item| write(bytes, item));
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn length(&mut self) -> Option<usize> {
        let length = u32::from_le_bytes(self.array()?) as usize;
        // No item is shorter than a byte: a length that can't be true must not reserve memory.
        (length <= self.0.len()).then_some(length)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.length()?;
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8(text.to_vec()).ok()
    }

    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.length()?).map(|_| read(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_read_back_as_it_was_written() {
        let spec = FamilySpec {
            registries: vec![0, 3],
            name: "http_seconds".into(),
            help: "how long\nit took".into(),
            unit: "seconds".into(),
            kind: Kind::Histogram,
            aggregator: Aggregator::Sum,
            label_names: vec!["method".into(), "code".into()],
            bounds: vec![0.1, 1.0, f64::INFINITY],
            windows: 5,
            interval: 60.0,
            states: vec!["a".into(), "b".into()],
            exemplars: true,
            expire_after: 90.0,
        };
        let (identity, bytes) = spec.encode();
        assert_eq!(FamilySpec::decode(&bytes).unwrap(), spec);
        let other = FamilySpec {
            help: String::new(),
            ..spec
        };
        assert_eq!(other.encode().1[..identity], bytes[..identity]);
        for length in 0..bytes.len() {
            assert!(FamilySpec::decode(&bytes[..length]).is_none());
        }
    }

    #[test]
    fn what_would_spoil_a_page_is_refused() {
        let fine = FamilySpec {
            name: "http:seconds_2".into(),
            label_names: vec!["code".into(), "_x1".into()],
            unit: "seconds".into(),
            ..FamilySpec::default()
        };
        assert!(fine.check().is_ok());
        let histogram = |bounds: &[f64]| FamilySpec {
            kind: Kind::Histogram,
            bounds: bounds.to_vec(),
            ..fine.clone()
        };
        assert!(histogram(&[f64::NEG_INFINITY, 1.0]).check().is_ok());
        let named = |name: &str| FamilySpec {
            name: name.into(),
            ..fine.clone()
        };
        let labelled = |label: &str| FamilySpec {
            label_names: vec![label.into()],
            ..fine.clone()
        };
        let wrong = [
            named(""),
            named("a b"),
            named("1a"),
            named("a\nb"),
            named("\u{e9}"),
            labelled(""),
            labelled("a:b"),
            labelled("a\"b"),
            FamilySpec {
                unit: "s\n".into(),
                ..fine.clone()
            },
            histogram(&[1.0, f64::INFINITY]),
            histogram(&[1.0, f64::NAN]),
            FamilySpec {
                kind: Kind::Gauge,
                exemplars: true,
                ..fine.clone()
            },
        ];
        for spec in wrong {
            assert!(
                matches!(spec.check(), Err(Error::BadArgument { .. })),
                "{spec:?}"
            );
        }
    }
}
