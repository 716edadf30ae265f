// Keeps the values of processes that answer no scrape themselves from growing old.

import timers from 'timers';
import { debuglog } from 'util';
import { shelfOf } from '../shelf';
import type { Setting } from './setting';

/** How old a value may be, in milliseconds. */
const PERIOD = 5000;

const debug = debuglog('mpmetrics');
// As it is now: a test that replaces the timers later wants its own to run, not ours.
const { setInterval, clearInterval } = timers;

/**
 * Brings the metrics up to date now and every few seconds, for as long as any registry shows them. The process that
 * answers a scrape does so at that time anyway; the others are not asked, so they see to it themselves.
 * @internal
 */
export function keepFresh(setting: Setting): void {
  if (isShared(setting)) start(setting);
  // In a heap of its own a process is read by its own threads only.
  else process.once('worker', () => start(setting));
}

function isShared(setting: Setting): boolean {
  const { attachment } = shelfOf(setting.registry);
  return attachment?.attempt('the heap', () => attachment.native.info().shared) ?? false;
}

function start(setting: Setting): void {
  const keep = (): void => {
    if (!setting.isShown) clearInterval(timer);
    else attempt(setting);
  };
  const timer = setInterval(keep, PERIOD);
  timer.unref();
  keep();
}

/** Metrics never take their application down. */
function attempt(setting: Setting): void {
  try {
    setting.keep();
  } catch (error) {
    debug('default metrics could not be brought up to date: %o', error);
  }
}
