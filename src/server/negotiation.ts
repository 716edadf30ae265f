// Which exposition and which compression a client gets, by the headers of its request. Every path that answers asks here.

import type { Encoding } from '../heap/request';
import { openMetricsContentType, prometheusContentType } from '../registry/content-type';

/** The formats of an operator's choice. */
export interface FormatOptions {
  /**
   * Whether clients that prefer OpenMetrics 1.0.0 get it. It renames counters (`_total`) and bounds (`le="1.0"`), so a
   * Prometheus server would see other names than the text has. Default: they get the text.
   */
  readonly openMetrics?: boolean;
  /**
   * Whether OpenMetrics 1.0.0 has a `_created` sample for each series, with its start time. Default: it has none. Protobuf
   * always has start times.
   */
  readonly created?: boolean;
}

/** The exposition for a client. @internal */
export interface Negotiated {
  readonly encoding: Encoding;
  readonly contentType: string;
}

/** A format that a client can ask for. */
interface Offer {
  readonly format: Encoding['format'];
  readonly type: string;
  /** The values that parameters must have; the first is that of a client without the parameter. */
  readonly parameters: Readonly<Record<string, readonly (string | undefined)[]>>;
  readonly contentType: (escaping: string) => string;
  /** Whether the client chooses the escaping of names. */
  readonly escapes: boolean;
}

const PROTOBUF: Offer = {
  format: 'protobuf',
  type: 'application/vnd.google.protobuf',
  parameters: { proto: ['io.prometheus.client.metricfamily'], encoding: ['delimited'] },
  contentType: (escaping) =>
    'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; ' +
    `escaping=${escaping}`,
  escapes: true,
};
// Experimental, and so only for clients that name this version.
const OPEN_METRICS_2: Offer = {
  format: 'openmetrics-2',
  type: 'application/openmetrics-text',
  parameters: { version: ['2.0.0'] },
  contentType: () => 'application/openmetrics-text; version=2.0.0; charset=utf-8',
  escapes: false,
};
const OPEN_METRICS: Offer = {
  format: 'openmetrics',
  type: 'application/openmetrics-text',
  parameters: { version: [undefined, '1.0.0'] },
  contentType: (escaping) => `${openMetricsContentType}; escaping=${escaping}`,
  escapes: true,
};
const TEXT_1: Offer = {
  format: 'text',
  type: 'text/plain',
  parameters: { version: ['1.0.0'] },
  contentType: (escaping) => `text/plain; version=1.0.0; charset=utf-8; escaping=${escaping}`,
  escapes: true,
};
const TEXT: Offer = {
  format: 'text',
  type: 'text/plain',
  parameters: { version: [undefined, '0.0.4'] },
  contentType: () => prometheusContentType,
  escapes: false,
};

/** From the best to the last: of formats that a client likes equally, it gets the first. */
const OFFERS: readonly Offer[] = [PROTOBUF, OPEN_METRICS_2, OPEN_METRICS, TEXT_1, TEXT];

const ESCAPINGS: ReadonlySet<unknown> = new Set(['allow-utf-8', 'underscores', 'dots', 'values']);

/**
 * The exposition for an `Accept` header, ranked by its `q`. Clients without the header, or without a known format in it, get
 * the Prometheus text format 0.0.4.
 * @internal
 */
export function negotiate(
  accept: string | null | undefined,
  { openMetrics = false, created = false }: FormatOptions = {},
): Negotiated {
  const accepted = preferences(accept ?? '').filter(({ quality }) => quality > 0);
  let best: { offer: Offer; wanted: Preference } | undefined;
  for (const offer of OFFERS) {
    if (offer === OPEN_METRICS && !openMetrics) continue;
    for (const wanted of accepted) {
      const isBetter = best === undefined || wanted.quality > best.wanted.quality;
      if (isBetter && isFor(wanted, offer)) best = { offer, wanted };
    }
  }
  const { format, escapes, contentType } = best?.offer ?? TEXT;
  const asked = best?.wanted.parameters.get('escaping');
  // The standard's default for clients that name no known scheme.
  const escaping = (escapes && ESCAPINGS.has(asked) ? asked : 'underscores') as NonNullable<
    Encoding['escaping']
  >;
  const encoding = { format, escaping, ...(created && { created }) };
  return { encoding, contentType: contentType(escaping) };
}

/** Whether an `Accept-Encoding` header asks for gzip. @internal */
export function acceptsGzip(acceptEncoding: string | null | undefined): boolean {
  const wanted = preferences(acceptEncoding ?? '');
  const gzip = wanted.find(({ name }) => name === 'gzip' || name === 'x-gzip');
  const any = gzip ?? wanted.find(({ name }) => name === '*');
  return any !== undefined && any.quality > 0;
}

/** Whether an entry of the header means that format. A wildcard means the text format, as browsers do. */
function isFor(
  { name, parameters }: Preference,
  { type, parameters: wanted, ...offer }: Offer,
): boolean {
  if (name === '*/*' || name === 'text/*') return offer.contentType === TEXT.contentType;
  const isWanted = ([key, values]: [string, readonly (string | undefined)[]]): boolean =>
    values.includes(parameters.get(key));
  return name === type && Object.entries(wanted).every(isWanted);
}

interface Preference {
  name: string;
  quality: number;
  parameters: Map<string, string>;
}

/** A header of the kind `one;a=b;q=0.5, other`. */
function preferences(header: string): Preference[] {
  return header
    .split(',')
    .map((part) => {
      const [name = '', ...rest] = part.split(';').map((word) => word.trim().toLowerCase());
      const parameters = new Map(
        rest.map((parameter) => {
          const [key = '', value = ''] = parameter.split('=');
          return [key.trim(), value.trim().replace(/^"(.*)"$/, '$1')];
        }),
      );
      const quality = Number(parameters.get('q') ?? 1);
      return { name, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 };
    })
    .filter(({ name }) => name !== '');
}
