//! Names of metrics and labels: the legacy rule, which every version of Prometheus accepts.

/// Whether a metric can have that name under the legacy rule: letters, digits, `_` and `:`, and no digit first.
pub(crate) fn is_metric_name(name: &str) -> bool {
    is_identifier(name, |byte| matches!(byte, b'_' | b':'))
}

/// Whether a label can have that name under the legacy rule: letters, digits and `_`, and no digit first.
pub(crate) fn is_label_name(name: &str) -> bool {
    is_identifier(name, |byte| byte == b'_')
}

/// Whether the text has only letters, digits and marks, and no digit first.
fn is_identifier(name: &str, is_mark: impl Fn(u8) -> bool) -> bool {
    let is_start = |byte: u8| byte.is_ascii_alphabetic() || is_mark(byte);
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|first| is_start(*first))
        && bytes
            .iter()
            .all(|byte| is_start(*byte) || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legacy_rule_takes_identifiers() {
        for name in ["a", "_", "http_2xx", "A9"] {
            assert!(is_metric_name(name) && is_label_name(name), "{name}");
        }
        assert!(is_metric_name("job:rate") && !is_label_name("job:rate"));
        for name in ["", "1a", "a b", "a.b", "a\n", "\u{e9}", "a-b"] {
            assert!(!is_metric_name(name) && !is_label_name(name), "{name}");
        }
    }
}
