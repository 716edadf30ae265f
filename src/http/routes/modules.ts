// Seeing the modules of frameworks as they are loaded, and those that are loaded already.

// oxlint-disable no-underscore-dangle -- Node's names

import Module from 'module';

/** A module of a framework that is to be seen. @internal */
export interface Sought {
  /** Whether a request (`./router`, `/app/node_modules/router/index.js`) may be for it. */
  readonly request: RegExp;
  /** Whether what it exports is what is sought. */
  isIt(exported: unknown): boolean;
  /** Is called with what it exports. Copies of a framework in several versions are seen each. */
  see(exported: never): void;
}

/** What of Node's loader is used: a function that every `require` goes through, and each import of CommonJS. */
interface Loader {
  _load(this: unknown, request: string, ...rest: unknown[]): unknown;
  readonly _cache: Readonly<Record<string, { readonly exports: unknown } | undefined>>;
}

/** Looks for modules from now on. @internal */
export function seeModules(sought: readonly Sought[]): void {
  const loader = Module as unknown as Loader;
  const seen = new WeakSet<object>();
  const look = (request: string, exported: unknown): void => {
    for (const one of sought) {
      if (!one.request.test(request) || !one.isIt(exported) || seen.has(exported as object))
        continue;
      seen.add(exported as object);
      one.see(exported as never);
    }
  };
  for (const [file, module] of Object.entries(loader._cache)) {
    if (module !== undefined) look(file, module.exports);
  }
  const { _load: load } = loader;
  loader._load = function loadAndSee(request, ...rest) {
    const exported = load.call(this, request, ...rest);
    if (typeof request === 'string') look(request, exported);
    return exported;
  };
}
