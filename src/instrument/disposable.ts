// `using`: its symbol, and its types for compilers that lack them.

declare global {
  // The same declarations as in TypeScript's `esnext.disposable` and in @types/node, with which they merge. Without
  // them, the declarations of this package would not compile under `lib: ES2022`.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
}

/** A value for `using`, which calls this method at the end of the block. */
export interface Resource {
  /** Called by `using`, rarely directly. */
  [Symbol.dispose](): void;
}

/**
 * The key of the method that `using` calls: `Symbol.dispose`. A realm without it (Node 20 inside Jest, for example) has
 * the substitute of the compilers. It is looked up at each use, because a polyfill may be loaded later.
 * @internal
 */
export function disposeSymbol(): typeof Symbol.dispose {
  return Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
}
