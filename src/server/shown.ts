// Which heap and which registries a server shows, as its thread has to know it.

import type { Attachment } from '../heap/attachment';
import { callNative, isOff, type HeapOptions } from '../heap/native';
import { addressesOf, sourcesOf } from '../registry/merged';
import type { Registry } from '../registry/registry';
import type { Shown } from './messages';
import { refused } from './options';

/** The heap that all registries are in; none when switched off. Throws a `TypeError` if it is not one. @internal */
export function attachmentOf(registries: readonly Registry[]): Attachment | null {
  if (isOff) return null;
  const [attachment, ...others] = new Set(
    registries.flatMap(addressesOf).map((address) => address.attachment),
  );
  if (attachment == null || others.length > 0) {
    throw refused('registries', 'must be in one heap: start a server for each heap');
  }
  return attachment;
}

/** The same for those who look into it from outside, and where the registries are there. @internal */
export function shownOf(registries: readonly Registry[]): Shown {
  const attachment = attachmentOf(registries);
  if (attachment === null) return { heap: null, id: null, registries: [], keys: [] };
  const { shared, name, id } = callNative(() => attachment.native.info());
  const isNamed = shared && name !== null;
  // Whoever writes keeps its heap; whoever only reads goes on with the next one of the name.
  const isRead = attachment.arena === null;
  const heap: HeapOptions = { ...(isNamed && { name }), ...(!(isNamed && isRead) && { id }) };
  const numbers = registries.flatMap(addressesOf).map(({ number }) => number);
  const keys = [...new Set(registries.flatMap(sourcesOf).map(({ key }) => key))];
  return { heap, id, registries: [...new Set(numbers)], keys };
}
