//! One scenario of one client (arguments: client, scenario): prints the nanoseconds of one, as JSON.
//!
//! The scenarios are the same for all: a held counter (`inc`), a counter by the values of two labels (`labels`), a
//! histogram of eleven buckets (`observe`), a new series (`series`), and the text of 50,000 counters and 5,000
//! histograms (`scrape`; of ours also `encode`, without the reading of the cells). With a third argument the core of it
//! is done so many times, and nothing printed: for a count of instructions.

mod measured_client;
mod metrics_client;
mod ours;
mod prometheus_client_client;
mod rust_prometheus;
mod scenario;

use scenario::{Client, exactly, run};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let client = arguments.next().unwrap_or_default();
    let scenario = arguments.next().unwrap_or_default();
    let client: Box<dyn Client> = match client.as_str() {
        "mpmetrics" => Box::new(ours::Ours::new()),
        "measured" => Box::new(measured_client::Measured::new()),
        "prometheus" => Box::new(rust_prometheus::Prometheus::new()),
        "prometheus-client" => Box::new(prometheus_client_client::PrometheusClient::new()),
        "metrics" => Box::new(metrics_client::Metrics::new()),
        _ => panic!("error: there is no client {client}"),
    };
    if let Some(times) = arguments.next() {
        assert!(exactly(client.as_ref(), &scenario, times.parse().unwrap()));
        return;
    }
    match run(client.as_ref(), &scenario) {
        Some(nanoseconds) => println!("{{\"nanoseconds\":{nanoseconds}}}"),
        None => println!("{{\"error\":\"error: no scenario {scenario}\"}}"),
    }
}
