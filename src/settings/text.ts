// Parsing settings in environment variables. An unreadable text is returned unchanged, and the check refuses it.

/** A number. @internal */
export function parseNumber(text: string): unknown {
  return /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/**
 * A port, `application` or `none`. Undefined for the address that Kubernetes stores in `MPMETRICS_PORT` for a service of the
 * name `mpmetrics`, in all pods of the namespace.
 * @internal
 */
export function parsePort(text: string): unknown {
  return /^(?:tcp|udp|sctp):\/\//.test(text) ? undefined : parseNumber(text);
}

/** `true` or `false`. @internal */
export function parseFlag(text: string): unknown {
  return text === 'true' ? true : text === 'false' ? false : text;
}

/** A list with commas. @internal */
export function parseList(text: string): unknown {
  return text.split(',').map((part) => part.trim());
}

/** `zone=eu,team=shop`. @internal */
export function parseLabels(text: string): unknown {
  return parsePairs(text, ',', (value) => value);
}

/** `order_seconds=0.1,0.5;other_seconds=1,2`. @internal */
export function parseBuckets(text: string): unknown {
  return parsePairs(text, ';', (value) => value.split(',').map((bound) => signed(bound.trim())));
}

function signed(text: string): unknown {
  if (!text.startsWith('-')) return parseNumber(text);
  const number = parseNumber(text.slice(1));
  return typeof number === 'number' ? -number : text;
}

/** Pairs of names and values. A repeated name, or a part without `=`, makes the whole text unreadable. */
function parsePairs(text: string, separator: string, read: (value: string) => unknown): unknown {
  const pairs: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const part of text.split(separator)) {
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(0, at)).trim();
    if (name === '' || name in pairs) return text;
    pairs[name] = read(part.slice(at + 1).trim());
  }
  return pairs;
}
