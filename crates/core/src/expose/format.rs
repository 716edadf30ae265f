//! The exposition formats.

/// The exposition formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The Prometheus text format, version 0.0.4. Names stay as they were declared.
    Text,
    /// OpenMetrics text. The samples of counters end in `_total`, and their families do not.
    OpenMetrics(Dialect),
    /// Protobuf: for each family a message `io.prometheus.client.MetricFamily` behind its length. Names stay as they were
    /// declared. It carries exemplars, start times and native histograms.
    Protobuf,
}

/// The dialects of OpenMetrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// As version 1.0.0 of the specification asks, so that the strictest of its parsers (that of Python's
    /// `prometheus_client`) reads every page: bounds as `le="1.0"`, quotes escaped in help texts, times of creation, and no
    /// line with a number that the format forbids.
    Standard,
    /// As prom-client 15.1.3 prints it, byte for byte, for tests and tools that know that text: `le="1"`, quotes in help
    /// texts not escaped, no `_created`, every number. Prometheus reads this dialect as well.
    PromClient,
}

impl Format {
    /// The `Content-Type` of an HTTP answer in this format.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics(_) => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Protobuf => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_names_its_content_type() {
        assert!(Format::Text.content_type().contains("version=0.0.4"));
        assert!(
            Format::OpenMetrics(Dialect::Standard)
                .content_type()
                .starts_with("application/openmetrics-text")
        );
    }
}
