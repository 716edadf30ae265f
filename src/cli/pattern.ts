// Patterns for names: a part of them, with `*` for anything.

/** Whether a pattern selects a family. @internal */
export type Matcher = (family: { readonly name: string }) => boolean;

/** Selects families with a text in their names, in upper or lower case. @internal */
export function familiesLike(pattern: string): Matcher {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(parts.join('.*'), 'i');
  return ({ name }) => expression.test(name);
}
