// The measured updates: each case returns a function that makes the given number of calls.
//
// The loops and objects look like user code, and use no tricks that only a benchmark would use. Label values and
// observed values change from call to call.

const METHODS = names('method');
const CODES = names('code');
/** The labels of a service: few values each, and codes as numbers. */
const FEW_METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const FEW_CODES = [200, 201, 404, 500];
const ROUTES = Array.from({ length: 50 }, (_, index) => `/api/v1/things-${index}/:id`);
const VALUES = observed();
const TRACES = Array.from({ length: 64 }, (_, index) => ({
  traceId: `4bf92f3577b34da6a3ce929d0e0e47${(index + 16).toString(16)}`,
  spanId: `00f067aa0ba902${(index + 16).toString(16)}`,
}));

function names(prefix) {
  return Array.from({ length: 16 }, (_, index) => `${prefix}-${index}`);
}

/** 1024 values over all default buckets, the same at each run. */
function observed() {
  let seed = 42;
  return Float64Array.from({ length: 1024 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return 0.002 * 6000 ** (seed / 2_147_483_648);
  });
}

/** The cases for a client. */
function casesOf(client, load) {
  return client.startsWith('@opentelemetry') ? telemetry(load) : prometheus(client, load);
}

const labelNames = ['method', 'code'];

function prometheus(client, load) {
  const make = (kind, options = {}) => {
    const metrics = load(client);
    if (metrics[kind] === undefined) throw new Error(`error: ${client} has no ${kind}`);
    return new metrics[kind]({ name: 'measured_total', help: 'Measured', ...options });
  };
  return {
    nothing: () => empty,
    inc() {
      const counter = make('Counter');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) counter.inc();
      };
    },
    incFraction() {
      const counter = make('Counter');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) counter.inc(0.5);
      };
    },
    held() {
      const child = make('Counter', { labelNames }).labels('GET', '200');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) child.inc();
      };
    },
    held16() {
      const counter = make('Counter', { labelNames });
      const children = METHODS.map((method, index) => counter.labels(method, CODES[index]));
      return (calls) => {
        for (let i = 0; i < calls; i += 1) children[i & 15].inc();
      };
    },
    incLabels() {
      const counter = make('Counter', { labelNames });
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          counter.inc({ method: METHODS[i & 15], code: CODES[(i * 5 + (i >> 4)) & 15] });
        }
      };
    },
    incFew() {
      const counter = make('Counter', { labelNames });
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          counter.inc({ method: FEW_METHODS[i & 3], code: FEW_CODES[(i >> 2) & 3] });
        }
      };
    },
    incRoutes() {
      const counter = make('Counter', { labelNames: ['method', 'route', 'code'] });
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          counter.inc({
            method: FEW_METHODS[i & 3],
            route: ROUTES[i % 50],
            code: FEW_CODES[(i >> 2) & 3],
          });
        }
      };
    },
    labelsInc() {
      const counter = make('Counter', { labelNames });
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          counter.labels(METHODS[i & 15], CODES[(i * 5 + (i >> 4)) & 15]).inc();
        }
      };
    },
    set() {
      const gauge = make('Gauge');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) gauge.set(VALUES[i & 1023]);
      };
    },
    observe: () => observing(make('Histogram')),
    observeNative() {
      if (client !== 'mpmetrics') throw new Error(`error: ${client} has no native histograms`);
      return observing(make('Histogram', { native: true }));
    },
    observeLabels() {
      const histogram = make('Histogram', { labelNames });
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          const labels = { method: METHODS[i & 15], code: CODES[(i * 5 + (i >> 4)) & 15] };
          histogram.observe(labels, VALUES[i & 1023]);
        }
      };
    },
    observeFew() {
      const histogram = make('Histogram', { labelNames });
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          const labels = { method: FEW_METHODS[i & 3], code: FEW_CODES[(i >> 2) & 3] };
          histogram.observe(labels, VALUES[i & 1023]);
        }
      };
    },
    summary: () => observing(make('Summary')),
    summaryWindows: () => observing(make('Summary', { maxAgeSeconds: 600, ageBuckets: 5 })),
    timed() {
      const histogram = make('Histogram');
      const decorated = client === 'mpmetrics' ? decoratedService : timerService;
      return [awaiting(decorated(histogram)), awaiting(new Service())];
    },
    exemplar() {
      openMetrics(load(client));
      const counter = make('Counter', { labelNames, enableExemplars: true });
      const labels = { method: 'GET', code: '200' };
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          counter.inc({ labels, value: 1, exemplarLabels: TRACES[i & 63] });
        }
      };
    },
    exemplarObserve() {
      openMetrics(load(client));
      const histogram = make('Histogram', { labelNames, enableExemplars: true });
      const labels = { method: 'GET', code: '200' };
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          const value = VALUES[i & 1023];
          histogram.observe({ labels, value, exemplarLabels: TRACES[i & 63] });
        }
      };
    },
  };
}

function openMetrics({ register, Registry, openMetricsContentType }) {
  register.setContentType(openMetricsContentType ?? Registry.OPENMETRICS_CONTENT_TYPE);
}

function observing(metric) {
  return (calls) => {
    for (let i = 0; i < calls; i += 1) metric.observe(VALUES[i & 1023]);
  };
}

function empty(calls) {
  let sum = 0;
  for (let i = 0; i < calls; i += 1) sum += VALUES[i & 1023];
  if (sum === 0) throw new Error('error: nothing was added');
}

class Service {
  async work(value) {
    return value + 1;
  }
}

/** The compiled form of `@histogram.time() async work()`. */
function decoratedService(histogram) {
  class Decorated {
    async work(value) {
      return value + 1;
    }
  }
  const { prototype } = Decorated;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'work');
  const decorate = histogram.time();
  Object.defineProperty(prototype, 'work', decorate(prototype, 'work', descriptor) ?? descriptor);
  return new Decorated();
}

/** The equivalent code for the rivals. */
function timerService(histogram) {
  return {
    async work(value) {
      const end = histogram.startTimer();
      try {
        return value + 1;
      } finally {
        end();
      }
    },
  };
}

function awaiting(service) {
  return async (calls) => {
    for (let i = 0; i < calls; i += 1) await service.work(i);
  };
}

/** OpenTelemetry has other names; its instruments have neither held children nor summaries. */
function telemetry(load) {
  const make = (kind) => {
    const { MeterProvider } = load('@opentelemetry/sdk-metrics');
    const { PrometheusExporter } = load('@opentelemetry/exporter-prometheus');
    const reader = new PrometheusExporter({ preventServerStart: true });
    return new MeterProvider({ readers: [reader] }).getMeter('measured')[kind]('measured');
  };
  return {
    nothing: () => empty,
    inc() {
      const counter = make('createCounter');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) counter.add(1);
      };
    },
    incFraction() {
      const counter = make('createCounter');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) counter.add(0.5);
      };
    },
    incLabels() {
      const counter = make('createCounter');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          counter.add(1, { method: METHODS[i & 15], code: CODES[(i * 5 + (i >> 4)) & 15] });
        }
      };
    },
    set() {
      const gauge = make('createGauge');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) gauge.record(VALUES[i & 1023]);
      };
    },
    observe() {
      const histogram = make('createHistogram');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) histogram.record(VALUES[i & 1023]);
      };
    },
    observeLabels() {
      const histogram = make('createHistogram');
      return (calls) => {
        for (let i = 0; i < calls; i += 1) {
          const labels = { method: METHODS[i & 15], code: CODES[(i * 5 + (i >> 4)) & 15] };
          histogram.record(VALUES[i & 1023], labels);
        }
      };
    },
  };
}

module.exports = { casesOf, METHODS, CODES, VALUES };
