// "The binary was cut off by a full disk, and the error says to install optional dependencies and to build from source."
//
// The reason comes first, and advice only where it helps.

import test, { type ExecutionContext } from 'ava';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SYSTEMS } from '../../src/heap/no-binding';
import { neutral } from '../multiprocess/support/run';
import { installed } from '../support/project';
import { onLinux } from '../support/systems';

interface Attempt {
  /** Changes the file of the binary. */
  change?(file: string): void;
  flags?: string[];
  environment?: NodeJS.ProcessEnv;
  /** Run before the import. */
  before?: string;
}

/** The message of the error of an import. */
async function messageOf(
  t: ExecutionContext,
  { change, flags = [], environment = {}, before = '' }: Attempt,
): Promise<string> {
  const folder = await installed(t, []);
  const own = join(folder, 'node_modules/mpmetrics');
  const name = readdirSync(own).find((each) => each.endsWith('.node')) as string;
  change?.(join(own, name));
  const program = join(folder, 'program.cjs');
  writeFileSync(
    program,
    `${before}
    try { require('mpmetrics'); console.log('loaded'); }
    catch (error) { console.log(error.code + ' ' + error.message); }`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program], {
    cwd: folder,
    env: { ...neutral(), ...environment },
  });
  t.regex(stdout, /^MPMETRICS_NO_BINDING .* Or set MPMETRICS=off to run without metrics\.\n$/);
  t.notRegex(stdout, /build/);
  return stdout;
}

test('no file', async (t) => {
  const message = await messageOf(t, { change: (file) => rmSync(file) });
  t.regex(
    message,
    /There is no native binary .* here\. Install mpmetrics on this system together with its optional/,
  );
});

const DAMAGED =
  /cannot be loaded: .*(?:too short|invalid ELF header)\. The file is damaged, or made for/;

onLinux('an empty file, and one that is cut off', async (t) => {
  for (const length of [0, 10, 50]) {
    const message = await messageOf(t, {
      change: (file) => writeFileSync(file, readFileSync(file).subarray(0, length)),
    });
    t.regex(message, DAMAGED);
    t.notRegex(message, /optional/);
  }
});

onLinux('other bytes, and the machine code of another processor', async (t) => {
  const text = await messageOf(t, { change: (file) => writeFileSync(file, 'x'.repeat(5000)) });
  t.regex(text, DAMAGED);
  const other = await messageOf(t, {
    change: (file) => {
      const bytes = readFileSync(file);
      // The number of the machine, by the format.
      bytes.writeUInt16LE(bytes.readUInt16LE(18) + 1, 18);
      writeFileSync(file, bytes);
    },
  });
  t.regex(
    other,
    /cannot be loaded: .*shared object.*\. The file is damaged, or made for another system/,
  );
});

test('addons are switched off', async (t) => {
  const message = await messageOf(t, { flags: ['--no-addons'] });
  t.regex(message, /cannot be loaded: .*disabled.*\. Start the program without --no-addons/);
  t.notRegex(message, /[Ii]nstall/);
});

test('a file that was named by a variable', async (t) => {
  const environment = { NAPI_RS_NATIVE_LIBRARY_PATH: '/there/is/none.node' };
  const message = await messageOf(t, { environment });
  t.regex(
    message,
    /cannot be loaded: Cannot find module '\/there\/is\/none\.node'\. Correct or remove NAPI_RS/,
  );
});

test('a system for which there is none', async (t) => {
  const before = `Object.defineProperty(process, 'arch', { value: 'mips64' });`;
  const message = await messageOf(t, { before, change: (file) => rmSync(file) });
  t.regex(message, /mips64/);
  t.notRegex(message, /optional/);
});

test('messages of the loaders of other systems', async (t) => {
  const { noBinding } = await import('../../src/heap/no-binding');
  const say = (...messages: string[]): string =>
    noBinding(
      messages.reduce<Error | undefined>((cause, each) => new Error(each, { cause }), undefined),
    ).message;
  const missing = "Cannot find module './x.node'\nRequire stack: …";
  const cases: [string, RegExp][] = [
    ["/lib/libc.so.6: version `GLIBC_2.34' not found", /another C library/],
    ['Error loading shared library libc.musl-x86_64.so.1: No such file', /another C library/],
    ['/x.node: failed to map segment from shared object', /noexec/],
    ['/x.node: cannot open shared object file: Permission denied', /Let this process read/],
    ['\\\\?\\x.node is not a valid Win32 application.', /made for another system/],
    ['dlopen(x.node): tried: x.node (slice is not valid mach-o file)', /made for another system/],
    ['Dynamic require of "x" is not supported', /out of the bundle/],
    ['something else', /something else\. Install mpmetrics again/],
  ];
  for (const [reason, advice] of cases) {
    for (const attempts of [
      [missing, reason],
      [reason, missing],
    ]) {
      const message = say(...attempts, 'Cannot find native binding.');
      t.regex(message, advice);
      t.true(message.includes(`cannot be loaded: ${reason.replace(/\.$/, '')}.`), message);
    }
  }
  t.regex(say(missing, missing, 'Cannot find native binding.'), /There is no native binary/);
});

test('the systems with binaries are those with packages', (t) => {
  const folders = readdirSync('npm').filter((name) => /^(?:darwin|linux|win32)-/.test(name));
  t.deepEqual(
    [...new Set(folders.map((name) => name.split('-').slice(0, 2).join('-')))].toSorted(),
    [...SYSTEMS],
  );
});
