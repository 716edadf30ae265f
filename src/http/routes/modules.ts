// Observes the modules of frameworks, whether they were loaded before or will be loaded later.

// oxlint-disable no-underscore-dangle -- Node's names

import Module from 'module';

/** A module of a framework to observe. @internal */
export interface Sought {
  /** Whether a request (`./router`, `/app/node_modules/router/index.js`) may mean this module. */
  readonly request: RegExp;
  /** Whether these exports are those of the module. */
  isIt(exported: unknown): boolean;
  /** Gets the exports of the module. If several versions of a framework are loaded, it gets those of each. */
  see(exported: never): void;
}

/** The used part of Node's loader: a function that every `require`, and each import of CommonJS, calls. */
interface Loader {
  _load(this: unknown, request: string, ...rest: unknown[]): unknown;
  readonly _cache: Readonly<Record<string, { readonly exports: unknown } | undefined>>;
}

/** Observes these modules from now on. @internal */
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
