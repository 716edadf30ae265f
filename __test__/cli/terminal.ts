// A real terminal: a window of tmux, with a program in it.

import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { neutral } from '../multiprocess/support/run';

const isInstalled = spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status === 0;
/** A test that needs tmux. In CI it must run; elsewhere it runs if tmux is installed (apt-get install tmux). */
export const inTerminal = isInstalled || process.env.CI ? test.serial : test.serial.skip;

let windows = 0;

/** A window. It ends with the test. */
export class Terminal {
  readonly #socket: string;

  /** Opens a window of that size, and runs a command in its shell. */
  constructor(t: ExecutionContext, command: string, [columns, rows]: readonly [number, number]) {
    windows += 1;
    this.#socket = `mpmetrics-${process.pid}-${windows}`;
    const size = ['-x', String(columns), '-y', String(rows)];
    const shell = `${command}; echo "ended with $?"; exec sleep 600`;
    execFileSync(
      'tmux',
      ['-L', this.#socket, '-f', '/dev/null', 'new-session', '-d', ...size, shell],
      {
        env: { ...neutral(), LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' },
      },
    );
    t.teardown(() => spawnSync('tmux', ['-L', this.#socket, 'kill-server'], { stdio: 'ignore' }));
  }

  /** The lines that it shows. */
  get lines(): string[] {
    return this.#tmux('capture-pane', '-p').trimEnd().split('\n');
  }

  /** The lines with the codes of their styles. */
  get styled(): string {
    return this.#tmux('capture-pane', '-p', '-e');
  }

  /** Presses keys, by their names in tmux. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', '--', ...keys);
  }

  /** Changes its size. */
  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** The process of the program, as its shell has started it. */
  get pid(): number {
    const shell = this.#tmux('display-message', '-p', '#{pane_pid}').trim();
    const [child = ''] = execFileSync('pgrep', ['-P', shell], { encoding: 'utf8' })
      .trim()
      .split('\n');
    return Number(child);
  }

  /** Waits until it shows that, on a whole screen: a terminal draws what it has got so far, so two readings must agree. */
  async until(wanted: RegExp): Promise<string> {
    let before = '';
    for (;;) {
      const text = this.lines.join('\n');
      if (text === before && wanted.test(text)) return text;
      before = text;
      await sleep(50);
    }
  }

  #tmux(command: string, ...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, command, ...args], { encoding: 'utf8' });
  }
}
