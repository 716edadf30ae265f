// `mpmetrics top`: the metrics of an application, live in the terminal.

import { isSet, numberOf, textOf, WELL, type Command, type Given } from '../command';
import { heapFor } from '../heaps';
import { QUANTILES } from '../measure';
import { JSON_OPTION, FILTER, REGISTRY, INTERVAL, COUNT } from '../options';
import { hasColors, jsonNumber, painter, print } from '../output';
import { Reading } from '../reading';
import { headLines, picture } from './picture';
import { History, type Row } from './rows';
import { Screen, type Size } from './screen';
import { State } from './state';

/** The time in milliseconds within which an event loop must turn. Otherwise it counts as blocked. */
const TURN_WAIT = 100;
/** The most processor time that readings take, as a share. The next reading waits accordingly. */
const SHARE = 0.02;
/** The size of the picture without a terminal. */
const ON_PAPER: Size = { columns: 160, rows: 100_000 };

/** The command. @internal */
export const top: Command = {
  name: 'top',
  summary: 'the metrics of an application, live: rates and quantiles, by metric, series or process',
  words: '[NAME|PID]',
  count: [0, 1],
  options: {
    interval: {
      ...INTERVAL,
      help: 'the time between two readings (2); more if they take more than 2 % of a processor',
    },
    count: { ...COUNT, help: 'end after so many readings (without a terminal: 2)' },
    filter: FILTER,
    registry: REGISTRY,
    json: { ...JSON_OPTION, help: 'print each reading as a line of JSON' },
  },
  notes:
    'h shows the keys. Without a terminal, each reading is printed. NO_COLOR=1 leaves the colours out.',
  async run(given) {
    const heap = heapFor(given.positionals[0]);
    const reading = new Reading(heap);
    const interval = numberOf(given, 'interval', 2, [0.05, 86_400]);
    const state = new State(heap, interval, textOf(given, 'filter') ?? '');
    const watcher = new Watcher(reading, state, textOf(given, 'registry'));
    const isLive = process.stdout.isTTY && !isSet(given, 'json');
    try {
      await (isLive ? live(watcher, state, given) : printed(watcher, state, given));
    } finally {
      reading.close();
    }
    return WELL;
  },
};

/** Reads the application repeatedly. */
class Watcher {
  readonly #reading: Reading;
  readonly #state: State;
  readonly #registry: string | undefined;
  readonly #history = new History();
  #view: State['view'] | undefined;

  constructor(reading: Reading, state: State, registry: string | undefined) {
    this.#reading = reading;
    this.#state = state;
    this.#registry = registry;
  }

  /** Reads once. Afterwards the state has new rows, or a problem. */
  async read(): Promise<void> {
    const state = this.#state;
    const { view } = state;
    const before = process.cpuUsage();
    try {
      const samples = view.kind === 'series' ? [view.metric] : undefined;
      const wanted = { registry: this.#registry, samples, isWithoutOwn: true };
      const [families, turns] = await Promise.all([
        this.#reading.families(wanted),
        this.#reading.turns(TURN_WAIT),
      ]);
      // A key has changed the view meanwhile.
      if (state.view !== view) return;
      if (this.#view !== view) this.#history.clear();
      this.#view = view;
      const rows = this.#history.rows(performance.now() / 1000, families, view);
      state.take({ info: this.#reading.info(), turns, rows });
    } catch (error) {
      if (!state.isRead && state.info === undefined) throw error;
      state.problem = 'The application has ended. This waits for its next start.';
    }
    const { user, system } = process.cpuUsage(before);
    state.pause = Math.max(state.interval, (user + system) / 1e6 / SHARE);
  }
}

/** Draws in the terminal, until a key or a signal ends the program. */
async function live(watcher: Watcher, state: State, given: Given): Promise<void> {
  const most = numberOf(given, 'count', Infinity, [1, Infinity]);
  const paint = painter(hasColors(process.stdout));
  await new Promise<void>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let count = 0;
    let isReading = false;
    const draw = (): void => screen.draw(picture(state, screen.size, paint));
    const screen = new Screen((key) => {
      const effect = state.press(key);
      if (effect === 'quit') finish();
      else if (effect !== 'none') draw();
      if (effect === 'read') void read();
    }, draw);
    const finish = (error?: unknown): void => {
      clearTimeout(timer);
      screen.close();
      if (error === undefined) resolve();
      else reject(error as Error);
    };
    const read = async (): Promise<void> => {
      if (isReading) return;
      isReading = true;
      clearTimeout(timer);
      const { view } = state;
      try {
        if (!state.isPaused) await watcher.read();
      } catch (error) {
        finish(error);
        return;
      }
      isReading = false;
      count += 1;
      if (count >= most) {
        finish();
        return;
      }
      draw();
      // If the view was changed meanwhile, it is read at once.
      timer = setTimeout(() => void read(), state.view === view ? state.pause * 1000 : 0);
    };
    draw();
    void read();
  });
}

/** Prints each reading as text or as data, for programs and files. */
async function printed(watcher: Watcher, state: State, given: Given): Promise<void> {
  const most = numberOf(given, 'count', 2, [1, Infinity]);
  for (let count = 0; count < most; count += 1) {
    // oxlint-disable-next-line no-promise-executor-return -- the timer is of no use
    if (count > 0) await new Promise((resolve) => setTimeout(resolve, state.pause * 1000));
    await watcher.read();
    if (isSet(given, 'json')) {
      await print(asJson(state));
      continue;
    }
    // The first reading has no rates.
    if (count === 0 && most > 1) continue;
    const plain = painter(hasColors(process.stdout));
    const lines = picture(state, ON_PAPER, plain).slice(
      headLines(state, ON_PAPER.columns, plain).length,
    );
    const shown = lines.filter((line) => line !== '').slice(0, -1);
    await print(
      [...headLines(state, 0, plain), '', ...shown.map((line) => line.trimEnd()), ''].join('\n'),
    );
  }
}

function asJson(state: State): string {
  const { heap, info, turns, problem } = state;
  const data = {
    time: Date.now() / 1000,
    name: heap.title,
    processes: new Set(info?.writers.filter(({ live: isLive }) => isLive).map(({ pid }) => pid))
      .size,
    eventLoops: turns?.asked ?? 0,
    blocked: turns?.blocked ?? [],
    ...(problem !== undefined && { problem }),
    metrics: state.rows().map(rowData),
  };
  return JSON.stringify(data, jsonNumber);
}

function rowData({ family, measure, rate, quantiles }: Row): object {
  const { name, kind } = family;
  const { series, total, least, most } = measure;
  return {
    name,
    type: kind,
    series,
    ...(series > 0 && (kind === 'gauge' ? { least, most } : { total })),
    rate: Number.isNaN(rate) ? null : rate,
    quantiles: Object.fromEntries(
      quantiles.map((value, index) => [
        String(QUANTILES[index]),
        Number.isNaN(value) ? null : value,
      ]),
    ),
  };
}
