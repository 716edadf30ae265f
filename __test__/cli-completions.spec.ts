// The completions in real shells: bash and zsh in a terminal, with the key Tab.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { cli, program, Shop } from './cli/support';
import { inTerminal, Terminal } from './cli/terminal';

const hasZsh = spawnSync('zsh', ['--version'], { stdio: 'ignore' }).status === 0;
/** A test that needs zsh as well. In CI it must run; elsewhere it runs if zsh is installed (apt-get install zsh). */
const withZsh = hasZsh || process.env['CI'] ? inTerminal : test.serial.skip;

/** A folder with the program under its name, and with the script of completions for a shell. */
async function folderFor(t: ExecutionContext, shell: 'bash' | 'zsh'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-completions-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const command = join(folder, 'mpmetrics');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(command, 0o755);
  writeFileSync(join(folder, '_mpmetrics'), (await cli(['completions', shell])).out);
  return folder;
}

/** Types words with Tab between them into a shell, until they are completed. */
async function complete(t: ExecutionContext, terminal: Terminal, name: string): Promise<void> {
  await terminal.until(/^ready> $|^ready>$/m);
  terminal.press('mpmetrics sh', 'Tab');
  await terminal.until(/^ready> mpmetrics show/m);
  terminal.press('--form', 'Tab');
  await terminal.until(/^ready> mpmetrics show --format/m);
  terminal.press('Space', 'openm', 'Tab');
  await terminal.until(/^ready> mpmetrics show --format +openmetrics/m);
  terminal.press(name.slice(0, -1), 'Tab');
  await terminal.until(new RegExp(`^ready> mpmetrics show --format +openmetrics ${name}`, 'm'));
  terminal.press('Enter');
  await terminal.until(/^# EOF$/m);
  // The choices of a word without letters.
  terminal.press('C-l', 'mpmetrics', 'Space', 'Tab', 'Tab');
  const all = await terminal.until(/\bwatch\b/);
  for (const each of ['ls', 'top', 'serve', 'check', 'doctor', 'clean'])
    t.regex(all, new RegExp(`\\b${each}\\b`));
}

inTerminal('bash completes commands, options, choices and the names of heaps', async (t) => {
  const { name } = await Shop.start(t, { workers: 1 });
  const folder = await folderFor(t, 'bash');
  const rc = join(folder, 'rc');
  writeFileSync(rc, `PATH="${folder}:$PATH"; PS1='ready> '; source "${folder}/_mpmetrics"\n`);
  const terminal = new Terminal(t, `bash --noprofile --rcfile ${rc} -i`, [120, 40]);
  await complete(t, terminal, name);
});

withZsh('zsh completes commands, options, choices and the names of heaps', async (t) => {
  const { name } = await Shop.start(t, { workers: 1 });
  const folder = await folderFor(t, 'zsh');
  writeFileSync(
    join(folder, '.zshrc'),
    `PATH="${folder}:$PATH"; PS1='ready> '; fpath=("${folder}" $fpath)
autoload -Uz compinit; compinit -u -d "${folder}/dump"\n`,
  );
  const terminal = new Terminal(t, `ZDOTDIR=${folder} zsh -d -i`, [120, 40]);
  await complete(t, terminal, name);
});
