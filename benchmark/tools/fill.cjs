// Creates many series, for the benchmarks of scrapes and of memory.

const CODES = ['200', '301', '404', '500'];

/** The labels of the series with that number: one label has few values, the other many. */
function labelsOf(index) {
  return { route: `/api/v1/things/${index >> 2}`, code: CODES[index & 3] };
}

/**
 * Makes `counters` counter series in ten families and `histograms` histogram series in ten more, and updates each.
 *
 * @param client a client with prom-client's interface
 */
function fill(client, counters, histograms) {
  const labelNames = ['route', 'code'];
  for (let family = 0; family < 10; family += 1) {
    const help = `What family ${family} counts`;
    const counter = new client.Counter({ name: `family_${family}_total`, help, labelNames });
    for (let index = 0; index < counters / 10; index += 1) {
      counter.inc(labelsOf(index), (index * 7) % 1000);
    }
    const histogram = new client.Histogram({ name: `family_${family}_seconds`, help, labelNames });
    for (let index = 0; index < histograms / 10; index += 1) {
      histogram.observe(labelsOf(index), ((index * 13) % 97) / 10);
    }
  }
}

module.exports = { fill, labelsOf };
