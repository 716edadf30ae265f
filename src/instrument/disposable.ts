// `using`, for those who have it: the symbol, and its type where the compiler does not bring one.

declare global {
  // The same words as in TypeScript's `esnext.disposable` and in @types/node, with which they merge. Without them the
  // declarations of this package would not compile under `lib: ES2022`.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
}

/** What `using` can hold: the function that it calls when the block is left. */
export interface Resource {
  /** Called by `using`, by itself hardly ever. */
  [Symbol.dispose](): void;
}

/**
 * The key under which `using` looks for what to call: `Symbol.dispose`, or where a realm has none (Node 20 inside
 * Jest, say) the stand-in that compilers agree on. Asked for at each use, since a polyfill may be loaded later.
 * @internal
 */
export function disposeSymbol(): typeof Symbol.dispose {
  return Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
}
