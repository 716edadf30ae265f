// The methods of HTTP as label values. Clients can send any word, so only known methods become label values.

const KNOWN = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
];

/** All label values. The last one stands for any other method. @internal */
export const METHODS: readonly string[] = [...KNOWN, '_OTHER'];

const OTHER = METHODS.length - 1;
const numbers = new Map(KNOWN.map((method, number) => [method, number]));

/** The number of a method in `METHODS`. @internal */
export function methodNumber(method: string | undefined): number {
  return numbers.get(method as string) ?? OTHER;
}

/** The label value of a method. @internal */
export function methodLabel(method: string | undefined): string {
  return METHODS[methodNumber(method)] as string;
}
