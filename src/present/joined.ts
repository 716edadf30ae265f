// Several expositions as one.

import { isOpenMetrics, type Encoding } from '../heap/request';

/** The end of an exposition of OpenMetrics. */
const END = '# EOF\n';

/** Several texts as one, in prom-client's layout. @internal */
export function joined(texts: readonly string[], format: Encoding['format']): string {
  const [only] = texts;
  if (only !== undefined && texts.length === 1 && only !== '') return only;
  const bodies = texts.map((text) => withoutEnd(text)).filter((text) => text !== '');
  if (!isOpenMetrics(format)) return `${bodies.join('\n\n')}\n`;
  return [...bodies, END].join('\n');
}

/** A text without the part that closes it. @internal */
export function withoutEnd(text: string): string {
  if (text === END) return '';
  // A regular expression would look at each line, and a text may have megabytes.
  const body = text.endsWith(`\n${END}`) ? text.slice(0, -END.length - 1) : text;
  return body.endsWith('\n') ? body.slice(0, -1) : body;
}

/**
 * The heap's exposition with further ones behind it. The first, which may be large, is copied and becomes no string.
 * @internal
 */
export function extended(
  own: Buffer,
  further: readonly Uint8Array[],
  format: Encoding['format'],
): Buffer {
  if (format === 'protobuf') return Buffer.concat([own, ...further]);
  const texts = further.map((bytes) => withoutEnd(Buffer.from(bytes).toString()));
  const more = texts.filter((text) => text !== '');
  if (more.length === 0) return own;
  const [gap, end] = isOpenMetrics(format) ? ['\n', `\n${END}`] : ['\n\n', '\n'];
  const body = own.subarray(0, Math.max(0, own.length - end.length));
  const below = more.join(gap) + end;
  return Buffer.concat([body, Buffer.from(body.length === 0 ? below : gap + below)]);
}
