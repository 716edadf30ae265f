//! The declaration of a family.

mod encoding;

use crate::error::{Error, Result};
use crate::hash::{SEED, hash};
use crate::layout::{Shape, counter, gauge, histogram, native, summary};
use crate::model::family::{Aggregator, Kind};
use crate::model::name::{is_label_name, is_metric_name};
use crate::model::native_spec::NativeSpec;

/// A declaration: the name, help, kind and options of a family.
#[derive(Clone, Debug, PartialEq)]
pub struct FamilySpec {
    /// The numbers of the registries that show the family.
    pub registries: Vec<u32>,
    /// The name as the user has given it.
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
    /// A summary's windows: its quantiles cover the last so many intervals. 0: they cover all values.
    pub windows: u32,
    /// The seconds of a summary's interval.
    pub interval: f64,
    /// The states of an enum.
    pub states: Vec<String>,
    /// Whether counters and buckets carry exemplars.
    pub exemplars: bool,
    /// Whether these come from traces. Then a scrape shows none that is older than 70 seconds.
    pub traced: bool,
    /// A series without an update for this many seconds is removed by the next scrape. 0: series never expire.
    pub expire_after: f64,
    /// Whether the names of the metric and of its labels may be any UTF-8 text. Otherwise the legacy rule holds: letters,
    /// digits and underscores, no digit first.
    pub utf8: bool,
    /// The sparse buckets of a histogram, if it is a native one.
    pub native: Option<NativeSpec>,
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
            traced: false,
            expire_after: 0.0,
            utf8: false,
            native: None,
        }
    }
}

impl FamilySpec {
    /// Refuses a declaration that cannot be stored or printed.
    pub(crate) fn check(&self) -> Result<()> {
        if self.bounds.len() >= histogram::MAX_BUCKETS {
            return Err(Error::BadArgument {
                what: "a histogram can have at most 1023 buckets",
            });
        }
        let is_any = |name: &str| self.utf8 && !name.is_empty();
        if !(is_metric_name(&self.name) || is_any(&self.name))
            || !(self.unit.is_empty() || is_metric_name(&self.unit))
            || !(self.label_names.iter()).all(|name| is_label_name(name) || is_any(name))
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
        if (self.exemplars || self.traced) && !matches!(self.kind, Kind::Counter | Kind::Histogram)
        {
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
        if self.kind == Kind::Unknown {
            return Err(Error::BadArgument {
                what: "a metric of a heap has a known kind",
            });
        }
        if let Some(native) = &self.native {
            if self.kind != Kind::Histogram {
                return Err(Error::BadArgument {
                    what: "only histograms have sparse buckets",
                });
            }
            native.check()?;
        }
        if self.registries.is_empty() {
            return Err(Error::BadArgument {
                what: "a family must be in at least one registry",
            });
        }
        Ok(())
    }

    /// Whether both have the same name in one of the same registries. A page shows only one of two such declarations.
    pub(crate) fn conflicts_with(&self, other: &FamilySpec) -> bool {
        let is_shared = |registry| other.registries.contains(registry);
        self.name == other.name && self.registries.iter().any(is_shared)
    }

    /// Whether all writers share one value, in the record of the series.
    pub fn is_shared(&self) -> bool {
        self.aggregator == Aggregator::Shared || matches!(self.kind, Kind::Info | Kind::Enum)
    }

    /// The shape of the cells of the family's series.
    pub(crate) fn shape(&self) -> Shape {
        let cell = |words, extended| Shape {
            words: words + u32::from(extended),
            extended,
        };
        match self.kind {
            _ if self.is_shared() => cell(0, false),
            Kind::Counter => cell(counter::WORDS, self.exemplars),
            Kind::Histogram => {
                let classic = histogram::BUCKETS + self.bounds.len() as u32 + 1;
                match self.native {
                    // The tables are extensions.
                    Some(_) => cell(classic + native::WORDS, true),
                    None => cell(classic, self.exemplars),
                }
            }
            Kind::Summary => cell(summary::words(self.windows), true),
            // Infos and enums are shared, and nothing is of unknown kind.
            Kind::Gauge | Kind::Info | Kind::Enum | Kind::Unknown => cell(gauge::WORDS, false),
        }
    }

    /// A hash that is equal for all declarations that could conflict.
    pub(crate) fn hash(&self) -> u64 {
        hash(self.name.as_bytes(), SEED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_that_spoils_a_page_is_refused() {
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
        let native = |spec: NativeSpec| FamilySpec {
            native: Some(spec),
            ..histogram(&[])
        };
        assert!(native(NativeSpec::default()).check().is_ok());
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
            FamilySpec {
                kind: Kind::Unknown,
                ..fine.clone()
            },
            FamilySpec {
                native: Some(NativeSpec::default()),
                ..fine.clone()
            },
            native(NativeSpec {
                schema: 9,
                ..NativeSpec::default()
            }),
            native(NativeSpec {
                max_buckets: 769,
                ..NativeSpec::default()
            }),
            native(NativeSpec {
                zero_threshold: f64::NAN,
                ..NativeSpec::default()
            }),
        ];
        for spec in [named("a b"), named("\u{e9}"), labelled("a\"b")] {
            let utf8 = true;
            assert!(FamilySpec { utf8, ..spec }.check().is_ok());
        }
        assert!(
            FamilySpec {
                utf8: true,
                ..named("")
            }
            .check()
            .is_err()
        );
        assert!(
            FamilySpec {
                utf8: true,
                ..labelled("")
            }
            .check()
            .is_err()
        );
        for spec in wrong {
            assert!(
                matches!(spec.check(), Err(Error::BadArgument { .. })),
                "{spec:?}"
            );
        }
    }
}
