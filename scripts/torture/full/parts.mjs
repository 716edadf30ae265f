// The functions of processes without memory. Actors run them, so they cannot use variables around them.

/** Counts in a series that exists from the beginning. */
export async function known(client, kept) {
  kept.known ??= new client.Counter({ name: 'known_total', help: 'H' });
  kept.known.inc();
}

/** Requests series of 4 KiB each. */
export async function grow(client, kept, { bytes }) {
  const buckets = client.linearBuckets(1, 1, 500);
  kept.big = new client.Histogram({ name: 'big', help: 'H', labelNames: ['n'], buckets });
  const asked = bytes / 4096;
  let thrown;
  for (let number = 0; number < asked; number += 1) {
    try {
      kept.big.observe({ n: number }, 1);
    } catch (error) {
      thrown ??= String(error);
    }
  }
  // Warnings are emitted in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  return { thrown, asked, reports: kept.warnings.map(({ code }) => code) };
}

/** The state of the heap, and of its exposition. */
export async function state(client) {
  const heap = client.open();
  const { bytes, droppedFull } = heap.info();
  const text = await heap.register.metrics({ own: true });
  heap.close();
  const shown = Number(/dropped_series_total\{reason="full"\} (\d+)/.exec(text)?.[1]);
  const counted = Number(/^known_total (\d+)$/m.exec(text)?.[1]);
  return { bytes, droppedFull, shown, known: counted };
}

/** Removes the first series, and updates the dropped ones. */
export async function remove(client, kept, { count, asked }) {
  const heap = client.open();
  for (let number = 0; number < count; number += 1) kept.big.remove({ n: number });
  const before = heap.info().series;
  const { values } = await kept.big.get();
  const shown = new Set(values.map(({ labels }) => labels.n));
  for (let number = count; number < asked; number += 1) {
    if (!shown.has(String(number))) kept.big.observe({ n: number }, 1);
  }
  const made = heap.info().series - before;
  heap.close();
  return { made };
}

/** Updates every series the given number of times, and returns how many are not shown. */
export async function again(client, kept, { count, tries }) {
  for (let number = 0; number < count; number += 1) {
    for (let turn = 0; turn < tries; turn += 1) kept.big.observe({ n: number }, 1);
  }
  const { values } = await kept.big.get();
  const shown = values.filter(({ labels }) => 'n' in labels);
  return count - new Set(shown.map(({ labels }) => labels.n)).size;
}

/** Opens a heap of its own. */
export async function fresh(client, kept, { name, count }) {
  kept.heap?.close();
  let thrown;
  try {
    kept.heap = client.open({ name });
  } catch (error) {
    // There was no room for a heap. It is opened later, with room.
    if (!error.code.startsWith('MPMETRICS_')) thrown = String(error);
    kept.heap = undefined;
    kept.name = name;
    return { thrown, dropped: count };
  }
  const registers = [kept.heap.register];
  try {
    kept.counter = new client.Counter({ name: 'c', help: 'H', labelNames: ['n'], registers });
    for (let number = 0; number < count; number += 1)
      kept.counter.inc({ n: 'n'.repeat(400) + number });
  } catch (error) {
    thrown = String(error);
  }
  return { thrown, dropped: kept.heap.info().droppedSeries };
}

/** Updates every series of that heap the given number of times. */
export async function update(client, kept, { count, tries }) {
  for (let number = 0; number < count; number += 1) {
    for (let turn = 0; turn < tries; turn += 1) kept.counter.inc({ n: 'n'.repeat(400) + number });
  }
}

/** The same, with a new heap if there was no room for one. Returns how many are not shown. */
export async function refresh(client, kept, { count, tries }) {
  kept.heap ??= client.open({ name: kept.name });
  const registers = [kept.heap.register];
  const options = { name: 'c', help: 'H', labelNames: ['n'], registers };
  kept.counter = client.Counter.getOrCreate(options);
  for (let number = 0; number < count; number += 1) {
    for (let turn = 0; turn < tries; turn += 1) kept.counter.inc({ n: 'n'.repeat(400) + number });
  }
  const { values } = await kept.counter.get();
  return count - values.filter(({ labels }) => 'n' in labels).length;
}

/** The results of a process without a shared heap. */
export async function alonePart(client, kept) {
  const found = { thrown: undefined };
  try {
    const counter = new client.Counter({ name: 'known_total', help: 'H' });
    counter.inc();
    const histogram = new client.Histogram({ name: 'seconds', help: 'H', labelNames: ['a'] });
    for (let number = 0; number < 100; number += 1) histogram.observe({ a: number }, 1);
    found.text = await client.register.metrics();
    // Warnings are emitted in the next turn. `open()` has a warning of its own.
    await new Promise((resolve) => setImmediate(resolve));
    found.reports = kept.warnings.map(({ code }) => code);
    found.isShared = client.open().info().shared;
  } catch (error) {
    found.thrown = error.stack;
  }
  try {
    client.open({ name: 'another' }).close();
    found.opened = 'no error';
  } catch (error) {
    found.opened = error.code;
  }
  return found;
}

/** Opens files until no more can be opened. */
export async function exhaust(client, kept) {
  const { openSync } = process.getBuiltinModule('fs');
  kept.open = [];
  try {
    for (;;) kept.open.push(openSync('/dev/null'));
  } catch (error) {
    return error.code;
  }
}

/** Closes them, and returns how many series could not be created. */
export async function relax(client, kept) {
  const { closeSync } = process.getBuiltinModule('fs');
  for (const file of kept.open) closeSync(file);
  return kept.heap.info().droppedSeries;
}

/**
 * Counts once for each of that many new values of a label, and returns how often. The number of updates goes into a file after
 * each one, if there is such a file.
 */
export async function explode(
  client,
  kept,
  { prefix, count, length = 400, acknowledgements, row },
) {
  kept.exploding ??= new client.Counter({ name: 'exploding', help: 'H', labelNames: ['n'] });
  const { openSync, writeSync } = await import('node:fs');
  const file = acknowledgements === undefined ? undefined : openSync(acknowledgements, 'r+');
  const done = new Float64Array(1);
  for (let number = 0; number < count; number += 1) {
    kept.exploding.inc({ n: `${prefix}-${number}-${'n'.repeat(length)}` });
    done[0] += 1;
    if (file !== undefined) writeSync(file, done, 0, 8, 8 * row);
  }
  return count;
}

/** The sum over that counter, and the value of its overflow series. */
export async function exploded(client, kept) {
  kept.exploding ??= new client.Counter({ name: 'exploding', help: 'H', labelNames: ['n'] });
  const { values } = await kept.exploding.get();
  const overflow = values.find(({ labels }) => labels.otel_metric_overflow === 'true');
  return {
    sum: values.reduce((sum, { value }) => sum + value, 0),
    series: values.length,
    overflow: overflow?.value ?? 0,
  };
}
