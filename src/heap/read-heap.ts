// Reading heaps, and making one exposition of what several of them and foreign metrics say.

import type { Attachment } from './attachment';
import { monotonic } from './clock';
import { isCollecting } from './collect-context';
import { awaitNative, type FamilyValues, type ScrapeRequest } from './native';

/** Registries of one heap. @internal */
export interface Scope {
  attachment: Attachment;
  /** Their numbers. */
  registries: number[];
}

/**
 * A format of exposition, as the binding calls it. Two of them are OpenMetrics: `openmetrics` keeps its specification to the
 * letter, for all that is this package's alone; `openmetrics-prom-client` is what prom-client's API gives. @internal
 */
export type Format = ScrapeRequest['format'];

/** Whether a format is OpenMetrics, in either dialect. @internal */
export function isOpenMetrics(format: Format): boolean {
  return format !== 'text';
}

/** The registries by the heaps in which they are. @internal */
export function scopesOf(
  addresses: Iterable<{ attachment: Attachment | null; number: number }>,
): Scope[] {
  const scopes: Scope[] = [];
  for (const { attachment, number } of addresses) {
    if (attachment === null || number < 0) continue;
    const scope = scopes.find((other) => other.attachment === attachment);
    if (scope === undefined) scopes.push({ attachment, registries: [number] });
    else if (!scope.registries.includes(number)) scope.registries.push(number);
  }
  return scopes;
}

/** What of the registries is wanted, and how it is to be arranged. @internal */
export type View = Pick<ScrapeRequest, 'names' | 'whole' | 'known' | 'own' | 'collectWaitMs'>;

/** The text of the families in those registries. Asked for at once, answered off the event loop. @internal */
export async function readText(scope: Scope, format: Format, view?: View): Promise<string> {
  return awaitNative(() => scope.attachment.native.scrapeText(requestFor(scope, format, view)));
}

/** The families in those registries as data. @internal */
export async function readFamilies(scope: Scope, view?: View): Promise<FamilyValues[]> {
  return awaitNative(() => scope.attachment.native.families(requestFor(scope, 'text', view)));
}

/** The clock says what it says to the updates of this isolate: fake timers may have replaced it. */
function requestFor({ registries }: Scope, format: Format, view?: View): ScrapeRequest {
  const asked = isCollecting() ? { collectWaitMs: 0 } : {};
  return { registries, format, monotonic: monotonic(), ...view, ...asked };
}

/** What ends an exposition of OpenMetrics. */
const END = '# EOF\n';

/** Several expositions as one, in prom-client's layout. @internal */
export function joined(texts: readonly string[], format: Format): string {
  const [only] = texts;
  if (only !== undefined && texts.length === 1 && only !== '') return only;
  const bodies = texts.map((text) => withoutEnd(text)).filter((text) => text !== '');
  return isOpenMetrics(format) ? [...bodies, END].join('\n') : `${bodies.join('\n\n')}\n`;
}

/** An exposition with further texts below it. Its own text, which may be large, is copied and becomes no string. @internal */
export function extended(exposition: Buffer, texts: readonly string[], format: Format): Buffer {
  const more = texts.filter((text) => text !== '');
  if (more.length === 0) return exposition;
  const end = isOpenMetrics(format) ? END.length : 1;
  const body = exposition.subarray(0, Math.max(0, exposition.length - end));
  const gap = isOpenMetrics(format) || body.length === 0 ? '' : '\n\n';
  // With an empty one in front: a text alone is taken for a whole exposition.
  return Buffer.concat([body, Buffer.from(gap + joined(['', ...more], format))]);
}

/** An exposition without what closes it. @internal */
export function withoutEnd(text: string): string {
  if (text === END) return '';
  // Not by a regular expression, which would look at each line of what may be megabytes.
  const body = text.endsWith(`\n${END}`) ? text.slice(0, -END.length - 1) : text;
  return body.endsWith('\n') ? body.slice(0, -1) : body;
}
