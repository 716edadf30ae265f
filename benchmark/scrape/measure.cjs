// One scraped process (arguments: client, counters, histograms). Prints the time of a scrape.
const { fill, labelsOf } = require('../tools/fill.cjs');
const { watchLoop } = require('../tools/loop.cjs');
const { load } = require('../tools/places.cjs');

const SCRAPES = 9;
const [client, counters, histograms] = process.argv.slice(2);

async function main() {
  const start = performance.now();
  const scrape = client.startsWith('@opentelemetry') ? telemetry() : prometheus();
  const filled = performance.now() - start;
  const times = [];
  const stalls = [];
  let bytes = 0;
  for (let index = 0; index < SCRAPES; index += 1) {
    const stop = watchLoop();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const begin = performance.now();
    bytes = (await scrape()).length;
    times.push(performance.now() - begin);
    stalls.push(stop());
  }
  console.log(
    JSON.stringify({ milliseconds: middle(times), stall: middle(stalls), bytes, filled }),
  );
  process.exit();
}

function prometheus() {
  const metrics = load(client);
  fill(metrics, Number(counters), Number(histograms));
  return () => metrics.register.metrics();
}

function telemetry() {
  const { MeterProvider } = load('@opentelemetry/sdk-metrics');
  const { PrometheusExporter, PrometheusSerializer } = load('@opentelemetry/exporter-prometheus');
  const reader = new PrometheusExporter({ preventServerStart: true });
  // Without this, OpenTelemetry merges all series after the 2000th into one.
  const views = [{ instrumentName: '*', aggregationCardinalityLimit: 10_000_000 }];
  const meter = new MeterProvider({ readers: [reader], views }).getMeter('measured');
  for (let family = 0; family < 10; family += 1) {
    const counter = meter.createCounter(`family_${family}`);
    for (let index = 0; index < counters / 10; index += 1) {
      counter.add((index * 7) % 1000, labelsOf(index));
    }
    const histogram = meter.createHistogram(`family_${family}_seconds`);
    for (let index = 0; index < histograms / 10; index += 1) {
      histogram.record(((index * 13) % 97) / 10, labelsOf(index));
    }
  }
  const serializer = new PrometheusSerializer();
  return async () => serializer.serialize((await reader.collect()).resourceMetrics);
}

function middle(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

void main();
