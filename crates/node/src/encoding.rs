//! The exposition formats by their names in JavaScript, and families of JavaScript in these formats.

use crate::error::{Result, bad_argument};
use crate::values::FamilyValues;
use mpmetrics_core::Family;
use mpmetrics_core::expose::{self, Dialect, Escaping, Format};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// An exposition format with its options.
#[napi(object, object_to_js = false)]
pub struct Encoding {
    /// The format; OpenMetrics as its specification asks, as prom-client prints it, or in its second version.
    #[napi(
        ts_type = "'text' | 'openmetrics' | 'openmetrics-prom-client' | 'openmetrics-2' | 'protobuf'"
    )]
    pub format: String,
    /// How UTF-8 names are shown; absent: with underscores.
    #[napi(ts_type = "'allow-utf-8' | 'underscores' | 'dots' | 'values'")]
    pub escaping: Option<String>,
    /// Whether OpenMetrics has lines with start times; absent: it has none.
    pub created: Option<bool>,
}

impl Encoding {
    /// Fails if there is no such format.
    pub fn to_core(&self) -> Result<expose::Encoding> {
        let format = match self.format.as_str() {
            "text" => Format::Text,
            "openmetrics" => Format::OpenMetrics(Dialect::Standard),
            "openmetrics-prom-client" => Format::OpenMetrics(Dialect::PromClient),
            "openmetrics-2" => Format::OpenMetrics2,
            "protobuf" => Format::Protobuf,
            _ => return Err(bad_argument("there is no such exposition format")),
        };
        let escaping = match self.escaping.as_deref() {
            Some("allow-utf-8") => Escaping::AllowUtf8,
            None | Some("underscores") => Escaping::Underscores,
            Some("dots") => Escaping::Dots,
            Some("values") => Escaping::Values,
            _ => return Err(bad_argument("there is no such escaping scheme")),
        };
        Ok(expose::Encoding {
            format,
            escaping,
            created: self.created.unwrap_or_default(),
        })
    }
}

/// The exposition of families that no heap has.
#[napi(catch_unwind)]
pub fn encode_families(families: Vec<FamilyValues>, encoding: Encoding) -> Result<Buffer> {
    let encoding = encoding.to_core()?;
    let families: Vec<Family> = families.iter().map(FamilyValues::to_core).collect();
    let mut bytes = Vec::new();
    expose::encode(&families, encoding, &mut bytes);
    Ok(bytes.into())
}
