//! The encoding of a declaration in the heap.

use super::FamilySpec;
use crate::model::family::{Aggregator, Kind};
use crate::model::native_spec::NativeSpec;

impl FamilySpec {
    /// The length of the part that must be equal for equal declarations, and the whole encoding with the help text behind it.
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
        bytes.push(self.traced.into());
        bytes.extend(self.expire_after.to_le_bytes());
        bytes.push(self.utf8.into());
        list(&mut bytes, self.native.as_slice(), |bytes, native| {
            bytes.extend(native.schema.to_le_bytes());
            bytes.extend(native.max_buckets.to_le_bytes());
            for number in [
                native.zero_threshold,
                native.min_reset,
                native.max_zero_threshold,
            ] {
                bytes.extend(number.to_le_bytes());
            }
        });
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
            traced: reader.array::<1>()? != [0],
            expire_after: reader.array().map(f64::from_le_bytes)?,
            utf8: reader.array::<1>()? != [0],
            native: reader.list(Reader::native)?.pop(),
            help: reader.text()?,
        })
    }
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
        // No item is shorter than a byte. An impossible length must not reserve memory.
        (length <= self.0.len()).then_some(length)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.length()?;
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8(text.to_vec()).ok()
    }

    fn native(&mut self) -> Option<NativeSpec> {
        Some(NativeSpec {
            schema: self.array().map(i8::from_le_bytes)?,
            max_buckets: self.array().map(u32::from_le_bytes)?,
            zero_threshold: self.array().map(f64::from_le_bytes)?,
            min_reset: self.array().map(f64::from_le_bytes)?,
            max_zero_threshold: self.array().map(f64::from_le_bytes)?,
        })
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
            traced: true,
            expire_after: 90.0,
            utf8: true,
            native: Some(NativeSpec {
                schema: -2,
                max_buckets: 20,
                ..NativeSpec::default()
            }),
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
}
