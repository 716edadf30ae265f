// The heap and registries that a server shows, in the form that its thread needs.

import type { Attachment } from '../heap/attachment';
import { callNative, isOff, type HeapOptions } from '../heap/native';
import { addressesOf, sourcesOf } from '../registry/merged';
import type { Registry } from '../registry/registry';
import type { Shown } from './messages';
import { refused } from './options';

/**
 * The heap of all these registries; null if metrics are switched off. Throws a `TypeError` if there are several.
 * @internal
 */
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

/** The heap and the registries in it, in the form that readers need. @internal */
export function shownOf(registries: readonly Registry[]): Shown {
  const attachment = attachmentOf(registries);
  if (attachment === null) return { heap: null, id: null, registries: [], keys: [] };
  const { shared, name, id } = callNative(() => attachment.native.info());
  const isNamed = shared && name !== null;
  // A writer keeps its heap. A reader goes on with the next heap of the name.
  const isRead = attachment.arena === null;
  const heap: HeapOptions = { ...(isNamed && { name }), ...(!(isNamed && isRead) && { id }) };
  const numbers = registries.flatMap(addressesOf).map(({ number }) => number);
  const keys = [...new Set(registries.flatMap(sourcesOf).map(({ key }) => key))];
  return { heap, id, registries: [...new Set(numbers)], keys };
}
