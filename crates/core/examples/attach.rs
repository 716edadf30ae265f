//! Attaches to the heap of a running application, prints its metrics, and adds a counter.
//!
//! ```text
//! MPMETRICS_NAME=shop node server.js             the application, under a name
//! cargo run --example attach -- shop             this program, as the same user
//! curl localhost:9100/metrics | grep visits      the application shows the counter
//! ```
//!
//! The counter stays in the heap after this program, and another writer goes on from its value. The heap ends with its last
//! writer.

use mpmetrics_core::{
    Error, FamilySpec, HeapName, HeapOptions, Kind, Labels, Writer, expose, observe, snapshot,
};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("attach: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).ok_or("usage: attach NAME")?;
    let options = HeapOptions {
        name: Some(HeapName::new(&name)?),
        ..HeapOptions::default()
    };
    // `attach` would make a missing heap. `observe` fails instead, with advice.
    let heap = observe(&options)?;
    // The key of the registry that JavaScript calls `register`.
    let registry = snapshot::registry(&heap, "default")?.ok_or("nothing is registered yet")?;
    let filter = snapshot::Filter {
        registries: vec![registry],
        self_metrics: true,
        ..Default::default()
    };
    let mut text = Vec::new();
    expose::scrape(&heap, &filter, expose::Format::Text, &mut text)?;
    std::io::stdout().write_all(&text)?;
    visit(&options, registry)?;
    Ok(())
}

/// Counts this run. The application shows the counter at its next scrape, without having declared it.
fn visit(options: &HeapOptions, registry: u32) -> Result<(), Error> {
    let writer = Writer::attach(options, 0)?;
    let (visits, _) = writer.declare(&FamilySpec {
        registries: vec![registry],
        name: "visits_total".into(),
        help: "Programs that have looked into the heap".into(),
        kind: Kind::Counter,
        label_names: vec!["language".into()],
        ..FamilySpec::default()
    })?;
    // `None`: there is no room for another series, which must not end a program.
    if let Some(binding) = writer.bind(visits, &Labels::new([("language", "rust")]))? {
        writer.counter_add(binding, 1.0)?;
    }
    Ok(())
}
