//! One scenario of one client (arguments: client, scenario). Prints the nanoseconds of one call, as JSON.
//!
//! All clients have the same scenarios: a held counter (`inc`), a counter by the values of two labels (`labels`), a
//! histogram of eleven buckets (`observe`), a new series (`series`), and the text of 50,000 counters and 5,000
//! histograms (`scrape`; ours also has `encode`, without reading the cells). A third argument repeats only the core of
//! the scenario and prints nothing, to count instructions.

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
