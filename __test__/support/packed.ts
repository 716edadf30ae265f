// An empty project with the packed package, as `npm install` puts it there, and frameworks beside it.

import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { neutral } from '../multiprocess/support/run';

const root = process.cwd();
/** Where the frameworks are installed. */
export const frameworks = resolve(root, '__test__/frameworks');

/** The project: make it before the tests, and remove it after them. */
export class PackedProject {
  /** Its folder. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpmetrics-packed-')));

  /** Packs the package and its binary, and installs both. */
  async install(): Promise<void> {
    this.write('package.json', { name: 'empty', private: true });
    const binary = readdirSync(root).find((name) => name.endsWith('.node')) as string;
    const platform = binary.split('.')[1] as string;
    const platformPackage = join(this.folder, 'platform');
    cpSync(join(root, 'npm', platform), platformPackage, { recursive: true });
    copyFileSync(join(root, binary), join(platformPackage, binary));
    const tarballs = [await this.#pack(root), await this.#pack(platformPackage)];
    await run(['install', '--offline', '--no-audit', '--no-fund', ...tarballs], this.folder);
  }

  /** Puts frameworks beside it, by their names in the manifest of `__test__/frameworks`. */
  link(...names: string[]): void {
    for (const name of names) {
      const link = join(this.folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(realpathSync(join(frameworks, 'node_modules', name)), link, 'junction');
    }
  }

  /** Writes a file of the project. Returns its path. */
  write(name: string, content: string | object): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  /** Removes it. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #pack(source: string): Promise<string> {
    // Packing would compile first, below the feet of the specs that run beside this one.
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', this.folder];
    const { stdout } = await run(args, source);
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    return join(this.folder, packed?.filename as string);
  }
}

function run(args: string[], cwd: string): Promise<{ stdout: string }> {
  const shell = process.platform === 'win32';
  return promisify(execFile)('npm', args, { cwd, env: neutral(), shell });
}
