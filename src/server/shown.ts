// Which heap and which registries a server shows, as its thread has to know it.

import { callNative, isOff, type HeapOptions } from '../heap/native';
import { addressesOf, sourcesOf } from '../registry/merged';
import type { Registry } from '../registry/registry';
import type { Shown } from './messages';
import { refused } from './options';

/**
 * The heap that all registries are in, for those who look into it from outside, and where they are there. Throws a `TypeError` if
 * it is not one heap.
 * @internal
 */
export function shownOf(registries: readonly Registry[]): Shown {
  if (isOff) return { heap: null, id: null, registries: [], keys: [] };
  const addresses = registries.flatMap(addressesOf);
  const attachments = new Set(addresses.map(({ attachment }) => attachment));
  const [attachment] = attachments;
  if (attachments.size !== 1 || attachment == null) {
    throw refused('registries', 'must be in one heap: start a server for each heap');
  }
  const { shared, name, id } = callNative(() => attachment.native.info());
  const isNamed = shared && name !== null;
  // Whoever writes keeps its heap; whoever only reads goes on with the next one of the name.
  const isRead = attachment.arena === null;
  const heap: HeapOptions = { ...(isNamed && { name }), ...(!(isNamed && isRead) && { id }) };
  const keys = [...new Set(registries.flatMap(sourcesOf).map(({ key }) => key))];
  return { heap, id, registries: [...new Set(addresses.map(({ number }) => number))], keys };
}
