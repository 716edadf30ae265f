// Patterns for names: a part of them, with `*` for anything.

/** Whether a pattern selects a family. @internal */
export type Matcher = (family: { readonly name: string }) => boolean;

/** Selects families with a text in their names, in upper or lower case. @internal */
export function familiesLike(pattern: string): Matcher {
  const expression = new RegExp(expressionOf(pattern), 'i');
  return ({ name }) => expression.test(name);
}

/** Selects families by their whole names. @internal */
export function familiesNamed(patterns: readonly string[]): Matcher {
  const expressions = patterns.map((pattern) => new RegExp(`^(?:${expressionOf(pattern)})$`));
  return ({ name }) => expressions.some((expression) => expression.test(name));
}

function expressionOf(pattern: string): string {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return parts.join('.*');
}
