// Merged registries: what they show of the registries that they were merged of, and what is their own.

// oxlint-disable no-underscore-dangle -- prom-client's names, which other packages use

import { coded } from '../errors';
import { membersIn, metricIn, type Member } from './contents';
import type { Registry } from './registry';
import type { RegistryContentType } from './content-type';

/** Registries that are read together, and the names of what is there and not shown. @internal */
export interface Layer {
  readonly leaves: Registry[];
  readonly hidden: ReadonlySet<string>;
}

/**
 * What a registry consists of. One that was merged shows its sources, since that is where other processes have what they
 * count, and holds itself only what no source has: a metric that is in both would be declared otherwise than elsewhere.
 * @internal
 */
export function layersOf(registry: Registry): Layer[] {
  if (registry.sources.length === 0) return [{ leaves: [registry], hidden: new Set() }];
  const own = takeIn(registry);
  const unwanted = [...registry.removed, ...own.map(({ name }) => name)];
  for (const { _metrics } of registry.sources) {
    for (const [name, metric] of Object.entries(_metrics)) {
      if (metricIn(registry._metrics, name) !== metric) unwanted.push(name);
    }
  }
  const layers = registry.sources.flatMap(layersOf).map(({ leaves, hidden }): Layer => {
    const names = new Set(hidden);
    for (const name of unwanted) names.add(name);
    return { leaves, hidden: names };
  });
  if (own.length > 0) layers.push({ leaves: [registry], hidden: new Set() });
  return together(layers);
}

/** Whether a registry that a merged one was made of shows a metric. @internal */
export function isInSource({ sources }: Registry, metric: Member): boolean {
  return sources.some(({ _metrics }) => metricIn(_metrics, metric.name) === metric);
}

/** Has a merged registry read from other sources, and those who serve the ones before look again. @internal */
export function regroup(registry: Registry, sources = registry.sources): void {
  const listeners = new Set<() => void>();
  for (const { leaves } of registry.sources.flatMap(layersOf)) {
    for (const { movers } of leaves) for (const listener of movers) listeners.add(listener);
  }
  registry.sources = sources;
  for (const listener of listeners) listener();
}

/** The content type that registries have in common. Throws an `Error` where they differ. @internal */
export function commonType<Type extends RegistryContentType>(
  registers: readonly Registry<Type>[],
): Type {
  const type = (registers[0] as Registry<Type>).contentType;
  if (registers.every(({ contentType }) => contentType === type)) return type;
  throw coded(
    new Error('Registers can only be merged if they have the same content type'),
    'MPMETRICS_BAD_ARGUMENT',
  );
}

/** Has a merged registry hold what no source has, or no longer has, and returns that. */
function takeIn(registry: Registry): Member[] {
  return membersIn(registry._metrics).filter((metric) => {
    const isOwn = !isInSource(registry, metric);
    if (isOwn) metric.enter(registry);
    else metric.leave(registry);
    return isOwn;
  });
}

/** Those of which the same is hidden, as one: what is read at once is in one order, and each metric there once. */
function together(layers: readonly Layer[]): Layer[] {
  const groups = new Map<string, Layer>();
  for (const { leaves, hidden } of layers) {
    const names = [...hidden];
    names.sort();
    const key = names.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { leaves: [...leaves], hidden });
    else group.leaves.push(...leaves);
  }
  return [...groups.values()];
}
