// The exposition that a client gets, by the headers that Prometheus servers, browsers and tools send.

import test from 'ava';
import {
  acceptsGzip,
  negotiate,
  type FormatOptions,
  type Negotiated,
} from '../src/server/negotiation';

const PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

/** The header of Prometheus 3, beginning at that `q`, with names in UTF-8 or escaped. */
function texts(quality: number, escaping = ';escaping=allow-utf-8'): string {
  const q = (step: number): string => `q=0.${quality - step}`;
  return [
    `application/openmetrics-text;version=1.0.0${escaping};${q(0)}`,
    `application/openmetrics-text;version=0.0.1;${q(1)}`,
    `text/plain;version=1.0.0${escaping};${q(2)}`,
    `text/plain;version=0.0.4;${q(3)}`,
    `*/*;${q(4)}`,
  ].join(',');
}

const PROMETHEUS_3 = texts(6);
const PROMETHEUS_3_NATIVE = `${PROTOBUF};q=0.6,${texts(5)}`;
const PROMETHEUS_3_LEGACY = texts(6, '');
const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,' +
  'text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_2_NATIVE = `${PROTOBUF},${PROMETHEUS_2.replace('1.0.0,', '1.0.0;q=0.8,')}`;

const OPEN: FormatOptions = { openMetrics: true };
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=';
const PROTOBUF_TYPE =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=';

function formatFor(accept: string | undefined, options?: FormatOptions): string {
  return negotiate(accept, options).encoding.format;
}

const CASES: [
  string,
  string | undefined,
  FormatOptions,
  Partial<Negotiated['encoding']>,
  string,
][] = [
  [
    'Prometheus 3',
    PROMETHEUS_3,
    {},
    { format: 'text', escaping: 'allow-utf-8' },
    'text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8',
  ],
  [
    'Prometheus 3, OpenMetrics offered',
    PROMETHEUS_3,
    OPEN,
    { format: 'openmetrics', escaping: 'allow-utf-8' },
    `${OPEN_TYPE}allow-utf-8`,
  ],
  [
    'Prometheus 3 with native histograms',
    PROMETHEUS_3_NATIVE,
    OPEN,
    { format: 'protobuf', escaping: 'underscores' },
    `${PROTOBUF_TYPE}underscores`,
  ],
  [
    'Prometheus 3 with legacy names',
    PROMETHEUS_3_LEGACY,
    {},
    { format: 'text', escaping: 'underscores' },
    'text/plain; version=1.0.0; charset=utf-8; escaping=underscores',
  ],
  ['Prometheus 2', PROMETHEUS_2, {}, { format: 'text', escaping: 'underscores' }, TEXT],
  [
    'Prometheus 2, OpenMetrics offered',
    PROMETHEUS_2,
    { openMetrics: true, created: true },
    { format: 'openmetrics', escaping: 'underscores', created: true },
    `${OPEN_TYPE}underscores`,
  ],
  [
    'Prometheus 2 with native histograms',
    PROMETHEUS_2_NATIVE,
    {},
    { format: 'protobuf', escaping: 'underscores' },
    `${PROTOBUF_TYPE}underscores`,
  ],
  [
    'OpenMetrics 2.0, by its version only',
    'application/openmetrics-text; version=2.0.0',
    {},
    { format: 'openmetrics-2', escaping: 'underscores' },
    'application/openmetrics-text; version=2.0.0; charset=utf-8',
  ],
  ['curl', '*/*', OPEN, { format: 'text', escaping: 'underscores' }, TEXT],
  ['no header', undefined, OPEN, { format: 'text', escaping: 'underscores' }, TEXT],
];

for (const [client, accept, options, encoding, contentType] of CASES) {
  test(client, (t) => {
    t.deepEqual(negotiate(accept, options) as unknown, { encoding, contentType });
  });
}

test('the rank is that of q, whatever the order', (t) => {
  const backwards = [...texts(5).split(','), `${PROTOBUF};q=0.6`].join(',');
  t.is(formatFor(backwards, OPEN), 'protobuf');
  t.is(formatFor('application/openmetrics-text;q=0.3, text/plain;q=0.5', OPEN), 'text');
  t.is(formatFor('Application/OpenMetrics-Text;Q=0.9, text/plain;q=0.5', OPEN), 'openmetrics');
  t.is(formatFor('text/plain, application/openmetrics-text', OPEN), 'openmetrics');
  t.is(formatFor(`${PROTOBUF};q=0.2,text/plain;q=0.3`), 'text');
});

test('Prometheus with a further header for UTF-8 names by protobuf gets them', (t) => {
  const accept = `${PROTOBUF};q=0.6,${texts(5)}, ${PROTOBUF};escaping=allow-utf-8`;
  t.like(negotiate(accept), { encoding: { format: 'protobuf', escaping: 'allow-utf-8' } });
});

test('formats that are refused, unknown or incomplete are not given', (t) => {
  t.is(formatFor(''), 'text');
  t.is(formatFor('text/html'), 'text');
  t.is(formatFor('application/openmetrics-text'), 'text');
  t.is(formatFor('application/openmetrics-text', OPEN), 'openmetrics');
  t.is(
    formatFor('application/openmetrics-text; version="1.0.0"; charset=utf-8', OPEN),
    'openmetrics',
  );
  t.is(formatFor('application/openmetrics-text; version=0.0.1', OPEN), 'text');
  t.is(formatFor('application/openmetrics-text;q=0', OPEN), 'text');
  t.is(formatFor('application/openmetrics-text;q=x', OPEN), 'text');
  t.is(formatFor('application/vnd.google.protobuf'), 'text');
  t.is(formatFor(PROTOBUF.replace('delimited', 'text')), 'text');
  t.is(formatFor(`${PROTOBUF};q=0`), 'text');
  t.is(negotiate('text/plain;version=1.1.0').contentType, TEXT);
});

test('each known escaping scheme is taken, and any other is the default of the standard', (t) => {
  for (const scheme of ['allow-utf-8', 'underscores', 'dots', 'values'] as const) {
    const { encoding, contentType } = negotiate(`${PROTOBUF};escaping=${scheme}`);
    t.is(encoding.escaping, scheme);
    t.true(contentType.endsWith(`; escaping=${scheme}`));
  }
  t.is(negotiate(`${PROTOBUF};escaping=none`).encoding.escaping, 'underscores');
  // Version 0.0.4 has legacy names only.
  t.is(negotiate('text/plain;version=0.0.4;escaping=allow-utf-8').encoding.escaping, 'underscores');
});

test('gzip is taken where it is accepted', (t) => {
  t.false(acceptsGzip(undefined));
  t.false(acceptsGzip('identity'));
  t.false(acceptsGzip('gzip;q=0'));
  t.false(acceptsGzip('*, gzip;q=0'));
  t.true(acceptsGzip('deflate, gzip;q=0.5'));
  t.true(acceptsGzip('*'));
});
