//! A member of an application: it joins the heap, or makes it, counts, and stays until its input ends.
//!
//! ```text
//! cargo run --example member -- shop
//! ```
//!
//! The program prints the page after it has counted, then a line `--`, and the page again when its input has ended. It
//! prints a warning if another version of this library has a heap of that name, whose metrics are not in this one.

use mpmetrics_core::{FamilySpec, HeapName, HeapOptions, Kind, Labels, Writer, expose, snapshot};
use std::io::{Read, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).ok_or("usage: member NAME")?;
    let options = HeapOptions {
        name: Some(HeapName::new(&name)?),
        ..HeapOptions::default()
    };
    let writer = Writer::attach(&options, 0)?;
    if let Some(layout) = writer.foreign_layout() {
        eprintln!(
            "member: others have a heap of that name with layout {layout}, which is not read here"
        );
    }
    // The key of the registry that JavaScript calls `register`.
    let registry = writer.registry("default")?;
    let (jobs, _) = writer.declare(&FamilySpec {
        registries: vec![registry],
        name: "jobs_total".into(),
        help: "Jobs done".into(),
        kind: Kind::Counter,
        label_names: vec!["language".into()],
        ..FamilySpec::default()
    })?;
    if let Some(binding) = writer.bind(jobs, &Labels::new([("language", "rust")]))? {
        writer.counter_add(binding, 1.0)?;
    }
    print(&writer, registry)?;
    println!("--");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    print(&writer, registry)
}

fn print(writer: &Writer, registry: u32) -> Result<(), Box<dyn std::error::Error>> {
    let filter = snapshot::Filter {
        registries: vec![registry],
        self_metrics: true,
        ..Default::default()
    };
    let mut text = Vec::new();
    expose::scrape(writer.heap(), &filter, expose::Format::Text, &mut text)?;
    std::io::stdout().write_all(&text)?;
    Ok(())
}
