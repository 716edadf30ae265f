//! mpmetrics' core with a shared heap, as in an application.

use crate::scenario::{BOUNDS, Client};
use mpmetrics_core::expose::{Format, encode, scrape};
use mpmetrics_core::snapshot::{Filter, take};
use mpmetrics_core::{Binding, FamilySpec, HeapName, HeapOptions, Kind, Labels, Writer};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;

/// A writer with its families and the children by their label values, as the facade keeps them in JavaScript.
pub struct Ours {
    writer: Writer,
    filter: Filter,
    counters: u32,
    histograms: u32,
    counter: Binding,
    histogram: Binding,
    children: RefCell<HashMap<(String, String), Binding>>,
    text: RefCell<Vec<u8>>,
}

impl Ours {
    pub fn new() -> Ours {
        let name = HeapName::new(&format!("bench-rust-{}", std::process::id())).unwrap();
        let options = HeapOptions {
            name: Some(name),
            ..HeapOptions::default()
        };
        let writer = Writer::attach(&options, 0).unwrap();
        let registry = writer.registry("default").unwrap();
        let declare = |name: &str, kind, label_names: &[&str]| {
            let bounds = if kind == Kind::Histogram {
                BOUNDS.to_vec()
            } else {
                vec![]
            };
            let spec = FamilySpec {
                registries: vec![registry],
                name: name.into(),
                help: "Measured".into(),
                kind,
                label_names: label_names.iter().map(|name| (*name).into()).collect(),
                bounds,
                ..FamilySpec::default()
            };
            writer.declare(&spec).unwrap().0
        };
        let bare = Labels::new([]);
        let bind = |family| writer.bind(family, &bare).unwrap().unwrap();
        Ours {
            counters: declare("things_total", Kind::Counter, &["route", "code"]),
            histograms: declare("things_seconds", Kind::Histogram, &["route", "code"]),
            counter: bind(declare("bare_total", Kind::Counter, &[])),
            histogram: bind(declare("bare_seconds", Kind::Histogram, &[])),
            // No scenario has windows, so the time does not matter. Valgrind does not provide it.
            filter: Filter {
                registries: vec![registry],
                monotonic: Some(0.0),
                ..Filter::default()
            },
            children: RefCell::default(),
            text: RefCell::default(),
            writer,
        }
    }
}

impl Ours {
    fn scrape_as(&self, format: Format) -> usize {
        let mut page = self.text.borrow_mut();
        page.clear();
        scrape(self.writer.heap(), &self.filter, format, &mut page).unwrap();
        page.len()
    }
}

/// The bucket of a value, found as in the facade.
fn bucket(value: f64) -> u32 {
    BOUNDS.iter().take_while(|bound| value > **bound).count() as u32
}

impl Client for Ours {
    fn inc(&self, times: usize) {
        for _ in 0..times {
            self.writer
                .counter_add(black_box(self.counter), 1.0)
                .unwrap();
        }
    }

    fn inc_labels(&self, pairs: &[(String, String)]) {
        let mut children = self.children.borrow_mut();
        for pair in pairs {
            let binding = match children.get(pair) {
                Some(binding) => *binding,
                None => {
                    let labels =
                        Labels::new([("route", pair.0.as_str()), ("code", pair.1.as_str())]);
                    let binding = self.writer.bind(self.counters, &labels).unwrap().unwrap();
                    children.insert(pair.clone(), binding);
                    binding
                }
            };
            self.writer.counter_add(binding, 1.0).unwrap();
        }
    }

    fn observe(&self, values: &[f64]) {
        for value in values {
            self.writer
                .histogram_observe(black_box(self.histogram), bucket(*value), *value)
                .unwrap();
        }
    }

    fn observe_labels(&self, route: &str, code: &str, value: f64) {
        let labels = Labels::new([("route", route), ("code", code)]);
        let binding = self.writer.bind(self.histograms, &labels).unwrap().unwrap();
        self.writer
            .histogram_observe(binding, bucket(value), value)
            .unwrap();
    }

    fn scrape(&self) -> usize {
        self.scrape_as(Format::Text)
    }

    fn scrape_protobuf(&self) -> Option<usize> {
        Some(self.scrape_as(Format::Protobuf))
    }

    fn encode(&self) -> Option<Box<dyn Fn() -> usize + '_>> {
        let families = take(self.writer.heap(), &self.filter).unwrap();
        Some(Box::new(move || {
            let mut text = self.text.borrow_mut();
            text.clear();
            encode(&families, Format::Text, &mut text);
            text.len()
        }))
    }
}
