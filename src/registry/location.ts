// Where in their heaps registries are, and what is wanted of them there.

// oxlint-disable no-underscore-dangle -- prom-client's names, which other packages use

import { openMetricsContentType } from './content-type';
import type { Shelf } from '../heap/family';
import { askAgain } from '../heap/retry';
import { membersIn } from './contents';
import { layersOf } from './merged';
import type { Registry } from './registry';
import { readFamilies, scopesOf, type Format, type Scope, type View } from '../heap/read-heap';
import { isWaitingForHeap } from '../discovery/default-heap';
import type { RegistryContentType } from './content-type';

/** A registry of any content type: the difference is in types only. @internal */
export type AnyContent = Registry<RegistryContentType>;

/** A registry of any content type as one of the default type. @internal */
export function plain(registry: AnyContent): Registry {
  return registry as Registry;
}

/** What metrics and scrapes need to know of a registry. @internal */
export function shelfOf(registry: Registry): Shelf {
  const attachment = registry.home.seat();
  if (attachment === null) return { attachment, defaults: {}, number: -1 };
  const { key } = registry.home;
  if (registry.place?.attachment !== attachment) {
    const number = attachment.registry(key);
    registry.place = number < 0 ? null : { attachment, number };
  }
  const number = registry.place?.number ?? -1;
  if (number < 0 || isWaitingForHeap()) askAgain(registry, () => hasArrived(registry));
  return { attachment, defaults: registry._defaultLabels, number };
}

/** Takes a registry to where it belongs, if that can be had now. */
function hasArrived(registry: Registry): boolean {
  if (isWaitingForHeap()) return false;
  registry.moved();
  return registry.place !== null;
}

/** The same, for those who are about to look at what is there. @internal */
export function shelvesOf(registry: AnyContent): Shelf[] {
  return leaves(plain(registry)).map(confirmed);
}

function confirmed(leaf: Registry): Shelf {
  const attachment = leaf.home.seat();
  if (attachment !== null) leaf.home.confirm?.(attachment);
  return shelfOf(leaf);
}

/**
 * Reads the heaps in which a registry is; again, if the registry has moved meanwhile, or if a heap is over that is only read
 * and another one has its name.
 * @internal
 */
export async function look<Seen>(
  registry: AnyContent,
  read: (scope: Scope, view: View) => Promise<Seen>,
): Promise<Seen[]> {
  for (;;) {
    const layers = layersOf(plain(registry)).flatMap(({ leaves: together, hidden }) =>
      scopesOf(together.map(confirmed)).map((scope) => ({ scope, hidden })),
    );
    const moves = movesOf(registry);
    const view = viewOf(registry);
    try {
      const seen = await Promise.all(
        layers.map(async ({ scope, hidden }) =>
          read(scope, hidden.size === 0 ? view : { ...view, names: await others(scope, hidden) }),
        ),
      );
      if (movesOf(registry) === moves) return seen;
    } catch (error) {
      const isOver = (error as { code?: unknown }).code === 'MPMETRICS_CLOSED';
      if (!isOver || !leaves(plain(registry)).some(({ home }) => home.succeed?.())) throw error;
    }
  }
}

function movesOf(registry: AnyContent): number {
  return leaves(plain(registry)).reduce((sum, { moves }) => sum + moves, 0);
}

/** The names of what is there besides those. */
async function others(scope: Scope, hidden: ReadonlySet<string>): Promise<string[]> {
  const families = await readFamilies(scope, { collectWaitMs: 0 });
  return families.map(({ name }) => name).filter((name) => !hidden.has(name));
}

/** A registry, or those that it was merged of, be they merged themselves, and itself if it has metrics of its own. @internal */
export function leaves(registry: Registry): Registry[] {
  return layersOf(registry).flatMap((layer) => layer.leaves);
}

/** In the order in which this isolate has registered the metrics, where the heap's may be another. */
function viewOf({ _metrics, isRearranged, isWhole }: AnyContent): View {
  if (!isRearranged && !isWhole) return {};
  const known = membersIn(_metrics).map(({ name, help }) => ({ name, help: `${help}` }));
  return { ...(isWhole && { whole: true }), ...(isRearranged && { known }) };
}

/**
 * The format in which prom-client's API shows a registry: in its own dialect, where that is OpenMetrics. This is the one place
 * that chooses it.
 * @internal
 */
export function formatOf({ contentType }: AnyContent): Format {
  return contentType === openMetricsContentType ? 'openmetrics-prom-client' : 'text';
}
