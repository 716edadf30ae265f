// Libraries that wrap whole trees of objects in proxies, such as Vue's.

/**
 * Makes such libraries leave the objects of those classes alone, because private fields and typed arrays cannot be
 * reached through a proxy. The libraries wrap an object if its string tag is that of a plain object, an array or a map.
 * @internal
 */
export function leaveUnwrapped(...classes: readonly { readonly name: string }[]): void {
  for (const each of classes as (typeof Object)[]) {
    Object.defineProperty(each.prototype, Symbol.toStringTag, { value: each.name });
  }
}
