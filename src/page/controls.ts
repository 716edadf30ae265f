// The controls of the page and its keys.

import { byId, element } from './element';
import { WINDOWS, type View } from './view';

/** Connects the controls with the choices. `changed` is called after each change. */
export function connectControls(
  view: View,
  cards: () => readonly HTMLElement[],
  changed: () => void,
): void {
  const press = (id: string, isPressed: boolean): void =>
    byId(id).setAttribute('aria-pressed', String(isPressed));
  const field = (id: 'search' | 'filter'): HTMLInputElement => {
    const input = byId<HTMLInputElement>(id);
    input.addEventListener('input', () => {
      view[id] = input.value;
      changed();
    });
    return input;
  };
  const fields = { '/': field('search'), f: field('filter') };
  const choose = (seconds: number): void => {
    view.seconds = seconds;
    for (const each of WINDOWS) press(`window-${each}`, each === seconds);
    changed();
  };
  for (const [at, seconds] of WINDOWS.entries()) {
    const attributes = {
      type: 'button',
      id: `window-${seconds}`,
      'aria-keyshortcuts': String(at + 1),
    };
    const button = element('button', attributes, `${seconds / 60} min`);
    button.addEventListener('click', () => choose(seconds));
    byId('windows').append(button);
  }
  choose(view.seconds);
  const help = byId<HTMLDialogElement>('help');
  const actions: Readonly<Record<string, () => void>> = {
    p() {
      view.isPaused = !view.isPaused;
      press('pause', view.isPaused);
      changed();
    },
    b() {
      view.isByProcess = !view.isByProcess;
      press('process', view.isByProcess);
      changed();
    },
    j: () => move(cards(), 1),
    k: () => move(cards(), -1),
    '?': () => help.showModal(),
    '/': () => fields['/'].focus(),
    f: () => fields.f.focus(),
    ...Object.fromEntries(WINDOWS.map((seconds, at) => [String(at + 1), () => choose(seconds)])),
  };
  byId('pause').addEventListener('click', () => actions['p']?.());
  byId('process').addEventListener('click', () => actions['b']?.());
  byId('keys').addEventListener('click', () => actions['?']?.());
  document
    .querySelector('form[role=search]')
    ?.addEventListener('submit', (event) => event.preventDefault());
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const input = Object.values(fields).find((each) => each === event.target);
    if (input !== undefined) {
      if (event.key === 'Escape') leave(input);
      return;
    }
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

function leave(input: HTMLInputElement): void {
  if (input.value === '') input.blur();
  input.value = '';
  input.dispatchEvent(new Event('input'));
}

function move(cards: readonly HTMLElement[], step: number): void {
  if (cards.length === 0) return;
  const at = cards.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), cards.length - 1);
  cards[next]?.focus({ preventScroll: true });
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  cards[next]?.scrollIntoView({ block: 'center', behavior: isCalm ? 'auto' : 'smooth' });
}
