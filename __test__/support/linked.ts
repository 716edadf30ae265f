// A project with a link to this package, like `npm link` makes. Faster than packing.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** An empty project, which is removed after the test. */
export class LinkedProject {
  /** Its folder. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpmetrics-linked-')));

  constructor(t: ExecutionContext, files: Readonly<Record<string, string | object>> = {}) {
    t.teardown(() => rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 }));
    this.write('package.json', { name: 'linked', private: true });
    mkdirSync(join(this.folder, 'node_modules'));
    this.link(process.cwd(), 'mpmetrics');
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  /** Installs the package of a folder by a link. */
  link(source: string, name: string): void {
    const link = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(source), link, 'junction');
  }

  /** Writes a file. Returns its path. */
  write(name: string, content: string | object): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }
}
