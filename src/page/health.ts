// The health of the application, at the top of the page.

import type { PageHealth } from '../present/page-data';
import { bytes, counted, duration, number } from '../present/units';
import { byId, element, setText } from './element';

/** Shows the state of the connection. */
export function showConnection(isConnected: boolean): void {
  const state = byId('state');
  if (isConnected && state.dataset['level'] !== 'off') return;
  state.dataset['level'] = isConnected ? 'wait' : 'off';
  setText(state, isConnected ? 'Connecting …' : 'No connection');
}

/** Shows the health. */
export function showHealth(health: PageHealth, isPaused: boolean): void {
  const { name, path, problem, blocked, droppedSeries, isPartial, writers } = health;
  const title = name?.replace(/-[0-9a-f]{16}$/, '') ?? 'mpmetrics';
  setText(byId('name'), title);
  document.title = title;
  byId<HTMLAnchorElement>('text').setAttribute('href', path.replace(/^\//, ''));
  const notices = noticesOf(health);
  const isWell = notices.length === 0;
  const state = byId('state');
  const isOff = problem !== null || writers === 0;
  const found = problem !== null ? 'No metrics' : writers === 0 ? 'Ended' : undefined;
  state.dataset['level'] = isOff ? 'off' : isWell ? 'well' : 'fault';
  setText(state, isPaused ? 'Paused' : (found ?? (isWell ? 'Live' : 'Attention')));
  const list = byId('notices');
  if (list.textContent !== notices.join('')) {
    list.replaceChildren(...notices.map((text) => element('p', {}, text)));
  }
  const age = Date.now() / 1000 - health.createdAt;
  tile('writers', 'Writers', number(writers), counted(health.processes, 'process', 'processes'));
  tile(
    'blocked',
    'Blocked event loops',
    number(blocked.length),
    blocked.length > 0 ? pidsOf(health) : 'none',
    blocked.length > 0,
  );
  tile('memory', 'Memory', bytes(health.usedBytes), `of ${bytes(health.bytes)}`);
  tile('series', 'Series', number(health.series), counted(health.families, 'metric'));
  tile(
    'dropped',
    'Dropped series',
    number(droppedSeries),
    droppedSeries > 0 ? 'not counted' : 'none',
    droppedSeries > 0,
  );
  tile('page', 'Page', isPartial ? 'Partial' : 'Whole', `since ${duration(age)}`, isPartial);
}

function noticesOf({ problem, writers, blocked, droppedSeries, isPartial }: PageHealth): string[] {
  const notices: string[] = [];
  if (problem !== null) notices.push(problem);
  else if (writers === 0)
    notices.push('No process of the application runs. These are its last values.');
  if (blocked.length > 0) {
    const which = blocked.map(({ pid, thread }) =>
      thread === 0 ? `${pid}` : `${pid}, thread ${thread}`,
    );
    notices.push(
      `Event loops that do not turn: process ${which.slice(0, 8).join('; ')}. Their counts are complete.`,
    );
  }
  if (droppedSeries > 0)
    notices.push(
      `${counted(droppedSeries, 'update')} of series found no memory or were over a limit.`,
    );
  if (isPartial)
    notices.push(
      'This page is not the whole: some processes count in another heap of the same name.',
    );
  return notices;
}

function pidsOf({ blocked }: PageHealth): string {
  const pids = [...new Set(blocked.map(({ pid }) => pid))];
  return `pid ${pids.slice(0, 3).join(', ')}${pids.length > 3 ? ', …' : ''}`;
}

function tile(id: string, title: string, value: string, detail: string, isFault = false): void {
  let place = document.getElementById(`health-${id}`);
  if (place === null) {
    place = element(
      'div',
      { id: `health-${id}`, class: 'tile' },
      element('dt', {}, title),
      element('dd'),
      element('dd', { class: 'detail' }),
    );
    byId('health').append(place);
  }
  place.dataset['fault'] = String(isFault);
  const [, shown, more] = place.children;
  if (shown) setText(shown, value);
  if (more) setText(more, detail);
}
