// Patterns for names: a part of them, with `*` for anything.

/** Tells whether a family is meant. @internal */
export type Matcher = (family: { readonly name: string }) => boolean;

/** The families whose names have a text in them. Capital letters are the same as small ones. @internal */
export function familiesLike(pattern: string): Matcher {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(parts.join('.*'), 'i');
  return ({ name }) => expression.test(name);
}
