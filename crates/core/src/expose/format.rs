//! The exposition formats and their options.

/// The exposition formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The Prometheus text format, versions 0.0.4 and 1.0.0. Names stay as they were declared.
    Text,
    /// OpenMetrics text. The samples of counters end in `_total`, and their families do not.
    OpenMetrics(Dialect),
    /// OpenMetrics text as the first candidate of version 2.0.0 has it: experimental. Names stay as they were declared, in
    /// UTF-8. It carries exemplars, start times and native histograms.
    OpenMetrics2,
    /// Protobuf: for each family a message `io.prometheus.client.MetricFamily` behind its length. Names stay as they were
    /// declared. It carries exemplars, start times and native histograms.
    Protobuf,
}

/// The dialects of OpenMetrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// As version 1.0.0 of the specification asks, so that the strictest of its parsers (that of Python's
    /// `prometheus_client`) reads every page: bounds as `le="1.0"`, quotes escaped in help texts, and no line with a number
    /// that the format forbids.
    Standard,
    /// As prom-client 15.1.3 prints it, byte for byte, for tests and tools that know that text: `le="1"`, quotes in help
    /// texts not escaped, every number. Prometheus reads this dialect as well.
    PromClient,
}

/// How names are shown that the legacy rule refuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Escaping {
    /// As they are, between quotation marks in texts.
    AllowUtf8,
    /// With `_` for each character that the legacy rule refuses. Different names may become one.
    #[default]
    Underscores,
    /// With `_dot_` for a dot, and two underscores for an underscore and for any other character that the rule refuses.
    Dots,
    /// As `U__`, and behind it `_2e_` (the code point in hexadecimal digits) for each character that the rule refuses.
    Values,
}

/// A format with its options. A [`Format`] alone escapes names by underscores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Encoding {
    /// The format.
    pub format: Format,
    /// How UTF-8 names are shown. [`Format::OpenMetrics2`] always shows them as they are.
    pub escaping: Escaping,
    /// Whether [`Dialect::Standard`] has a `_created` line for each series that has a start time. Formats that carry start
    /// times otherwise always do.
    pub created: bool,
}

impl From<Format> for Encoding {
    fn from(format: Format) -> Encoding {
        Encoding {
            format,
            escaping: Escaping::default(),
            created: false,
        }
    }
}

impl Encoding {
    /// The same without an escaping that the format does not have.
    pub(super) fn checked(self) -> Encoding {
        let escaping = match self.format {
            Format::OpenMetrics2 => Escaping::AllowUtf8,
            _ => self.escaping,
        };
        Encoding { escaping, ..self }
    }
}
