//! The crate `prometheus-client`.

use crate::scenario::{BOUNDS, Client};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::cell::RefCell;
use std::hint::black_box;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Pair {
    route: String,
    code: String,
}

type Make = fn() -> Histogram;

pub struct PrometheusClient {
    registry: Registry,
    things: Family<Pair, Counter>,
    seconds: Family<Pair, Histogram, Make>,
    bare: Counter,
    bare_seconds: Histogram,
    text: RefCell<String>,
}

impl PrometheusClient {
    pub fn new() -> PrometheusClient {
        let make: Make = || Histogram::new(BOUNDS);
        let mut client = PrometheusClient {
            registry: Registry::default(),
            things: Family::default(),
            seconds: Family::new_with_constructor(make),
            bare: Counter::default(),
            bare_seconds: make(),
            text: RefCell::default(),
        };
        let registry = &mut client.registry;
        registry.register("things", "Measured", client.things.clone());
        registry.register("things_seconds", "Measured", client.seconds.clone());
        registry.register("bare", "Measured", client.bare.clone());
        registry.register("bare_seconds", "Measured", client.bare_seconds.clone());
        client
    }
}

fn pair(route: &str, code: &str) -> Pair {
    Pair {
        route: route.into(),
        code: code.into(),
    }
}

impl Client for PrometheusClient {
    fn inc(&self, times: usize) {
        for _ in 0..times {
            black_box(&self.bare).inc();
        }
    }

    fn inc_labels(&self, pairs: &[(String, String)]) {
        for (route, code) in pairs {
            self.things.get_or_create(&pair(route, code)).inc();
        }
    }

    fn observe(&self, values: &[f64]) {
        for value in values {
            black_box(&self.bare_seconds).observe(*value);
        }
    }

    fn observe_labels(&self, route: &str, code: &str, value: f64) {
        self.seconds
            .get_or_create(&pair(route, code))
            .observe(value);
    }

    fn scrape(&self) -> usize {
        let mut text = self.text.borrow_mut();
        text.clear();
        text::encode(&mut *text, &self.registry).unwrap();
        text.len()
    }
}
