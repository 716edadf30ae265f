// Libraries that wrap whole trees of objects in proxies, such as Vue.

/**
 * Has such a library leave the objects of those classes alone, because the private fields and typed arrays in them cannot be
 * reached through a proxy. The libraries wrap what calls itself a plain object, an array or a map.
 * @internal
 */
export function leaveUnwrapped(...classes: readonly { readonly name: string }[]): void {
  for (const each of classes as (typeof Object)[]) {
    Object.defineProperty(each.prototype, Symbol.toStringTag, { value: each.name });
  }
}
