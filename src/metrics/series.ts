// The series of one metric in this isolate: registries, families and cells.

import type { Attachment } from '../heap/attachment';
import type { Cell } from '../cell/kinds';
import { Children, type CellSource } from './children';
import type { CellFactory, MetricDescriptor } from './descriptor';
import { Family } from '../heap/family';
import { CHILDREN, UNLABELLED, VERSION, type UpdateFields } from './fields';
import { isOff, type FamilyValues } from '../heap/native';
import type { Labelled, LabelSet } from '../labels/label-set';
import { asGiven, isUnlabelled, OVERFLOW_LABEL, validLabelsFrom, without } from '../labels/labels';
import { migrate } from './migrate';
import { ownLabelOf } from './options';
import { isLeftOut } from './policy';
import type { OwnSeries } from '../registry/contents';
import type { MetricObject } from '../present/metric-object';
import { presentedBy } from './read';
import type { RegistryLocation } from '../registry/location';
import type { Registry } from '../registry/registry';
import { samplesOf, type Presented, type Sample } from '../present/samples';
import type { LabelNormalisers } from '../labels/series-table';
import { leaveUnwrapped } from '../unwrapped';

/** The labels of a family's overflow series. */
const OVERFLOW: LabelSet = Object.freeze({ [OVERFLOW_LABEL]: 'true' });

/** The types whose values are added up. A gauge of several series has no sum that means anything. */
const COUNTING: ReadonlySet<string> = new Set(['counter', 'histogram', 'summary']);

/** The public fields of a metric. @internal */
export interface Described extends Omit<MetricObject, 'collect'> {
  collect?: MetricObject['collect'] | undefined;
  readonly labelNames: readonly string[];
  readonly registers: readonly Registry[];
  readonly enableExemplars: boolean;
  readonly unit: string;
  readonly expireAfterSeconds: number;
}

/** The series of one metric in this isolate. @internal */
export class MetricSeries<Child extends Cell<unknown>> implements OwnSeries {
  readonly metric: Described & UpdateFields<Child>;
  readonly descriptor: MetricDescriptor<Child>;
  /** The families with the series; empty while no registry shows the metric. */
  families: Family[] = [];
  /** The locations of the registries that show the metric. */
  readonly #locations = new Set<RegistryLocation>();
  /** Whether all registries have accepted the metric. */
  #isReady = false;
  /** Whether the families were declared before. */
  #isBegun = false;
  /** Whether the settings leave the family out. Then nothing is stored for it. */
  readonly #isLeftOut: boolean;

  /** The functions that normalise values of labels. */
  readonly #labelValues: LabelNormalisers;

  constructor(
    metric: Described & UpdateFields<Child>,
    descriptor: MetricDescriptor<Child>,
    labelValues: LabelNormalisers | undefined,
  ) {
    this.metric = metric;
    this.descriptor = descriptor;
    // A copy, because the caller may change its object.
    this.#labelValues = { ...labelValues };
    this.#isLeftOut = isLeftOut(metric.name);
    this.children = this.#childrenOf();
  }

  /** The cell of the series without labels; null if there is none yet. */
  get unlabelled(): Child | null {
    return this.metric[UNLABELLED];
  }
  set unlabelled(child: Child | null) {
    this.metric[UNLABELLED] = child;
  }

  /** The cells of all series that this isolate knows. */
  get children(): Children<Child> {
    return this.metric[CHILDREN];
  }
  set children(children: Children<Child>) {
    this.metric[CHILDREN] = children;
  }

  /** Whether its cells hold exemplars, and so some state of their own. */
  get #hasExemplars(): boolean {
    return this.metric.enableExemplars || this.descriptor.isTraced === true;
  }

  /** Begins a new version: cells were removed or replaced, so children must look for theirs again. */
  #beginVersion(): void {
    this.metric[VERSION] += 1;
  }

  /** Whether any registry shows the metric. */
  get isShown(): boolean {
    return this.#locations.size > 0;
  }

  /** Registers the metric in all registries before it declares anything. If one refuses, the others remove it again. */
  join(): void {
    const { metric } = this;
    const joined: Registry[] = [];
    try {
      for (const registry of metric.registers) {
        registry.registerMetric(metric as never);
        joined.push(registry);
      }
      this.#isReady = true;
      this.relocate();
    } catch (error) {
      this.#isReady = false;
      for (const registry of joined) registry.removeSingleMetric(metric.name);
      throw error;
    }
  }

  enter(location: RegistryLocation): void {
    if (this.#locations.has(location)) return;
    this.#locations.add(location);
    if (this.#isReady) this.relocate();
  }

  leave(location: RegistryLocation): void {
    if (this.#locations.delete(location) && this.#isReady) this.relocate();
  }

  /**
   * Moves this isolate's contributions to the right families: after a registry has added or removed the metric, has
   * changed its default labels, or has moved.
   */
  relocate(): void {
    if (this.#isLeftOut) return;
    // All locations are identified before any address is read. Identifying one may move another, and this metric with
    // it.
    for (const location of this.#locations) location.identify();
    const { families: before } = this;
    const declared = this.#declare();
    this.families = declared.map((family) => before.find((old) => old.equals(family)) ?? family);
    this.#reserveOverflow(before);
    for (const location of this.#locations) location.trackFamily(this.families);
    this.#offerCollect(before);
    // The position of the new family in the heap is not that of the registration.
    if (before.length > 0) for (const location of this.#locations) location.hasCustomOrder = true;
    this.#beginVersion();
    const left = this.children;
    this.children = this.#childrenOf();
    migrate(left, this.children, this.families);
    for (const family of before) {
      if (!this.families.some((kept) => kept.isSameFamily(family))) family.unbindAll();
    }
    this.unlabelled = this.children.hold({});
    // Only once: a series that was removed or reset since stays away.
    if (!this.#isBegun && this.unlabelled === null) this.showUnlabelled();
    this.#isBegun = true;
  }

  /** Declares the metric's families for its registries. */
  #declare(): Family[] {
    const { metric, descriptor } = this;
    const addresses = [...this.#locations].map((location) => {
      const address = location.address();
      return Object.assign(address, { defaults: this.defaultsOf(address.defaults) });
    });
    return Family.of(addresses, {
      name: metric.name,
      help: `${metric.help}`,
      unit: metric.unit,
      kind: descriptor.type,
      labelNames: [...metric.labelNames],
      aggregator: metric.aggregator,
      buckets: [...(descriptor.bounds ?? [])],
      exemplars: this.#hasExemplars && descriptor.hasExemplars === true,
      traced: descriptor.isTraced === true,
      expireAfter: metric.expireAfterSeconds,
      ...descriptor.declaration,
    });
  }

  defaultsOf(labels: LabelSet): LabelSet {
    return without(labels, ownLabelOf(this.metric, this.descriptor.reserved));
  }

  /**
   * Reserves the memory of the overflow series of each new family, and gives it the counts that the metric has in its first
   * family: the same family as that of the contributions of its other series.
   */
  #reserveOverflow(before: readonly Family[]): void {
    const { cells, type } = this.descriptor;
    const { labelNames } = this.metric;
    if (!COUNTING.has(type) || labelNames.length === 0) return;
    const left = before.filter((family) => !this.families.includes(family));
    const contribution = (before[0]?.overflow as Child | null | undefined)?.read() ?? null;
    for (const family of this.families) {
      if (family.overflow !== null) continue;
      const old = left.find((other) => other.isSameFamily(family));
      const isMoved = old?.overflow != null && family.relabel(old, OVERFLOW);
      if (old !== undefined && !isMoved) old.unbind(OVERFLOW);
      const cell = cellIn(cells, family, { labels: OVERFLOW });
      family.overflow = cell;
      cell.show();
      if (contribution !== null && !isMoved) cell.merge(contribution);
    }
  }

  /** Offers `collect` to the scrapes of other processes and threads. */
  #offerCollect(before: readonly Family[]): void {
    const isIn = (attachment: Attachment): boolean =>
      this.families.some((family) => family.attachment === attachment);
    for (const { attachment } of before) {
      if (!isIn(attachment)) attachment.collectors?.delete(this.metric);
    }
    if (!this.metric.collect) return;
    for (const { attachment } of this.families) attachment.collectors?.add(this.metric);
  }

  /** Makes the series of a metric without labels, so that it shows before the first update. */
  showUnlabelled(): void {
    if (this.metric.labelNames.length === 0) this.make({}).show();
  }

  /** Makes the child for valid labels. */
  make(given: object): Child {
    const labels = this.metric[CHILDREN].ownOf(given);
    // Without a heap, or for a family that is left out, no child is kept.
    if (isOff || this.#isLeftOut) return this.cellOf({ labels });
    const { metric } = this;
    // Code of the application may have run since the look-up, and have made the same series.
    const child = metric[CHILDREN].hold(labels) ?? metric[CHILDREN].add(labels);
    if (metric[UNLABELLED] === null && isUnlabelled(labels)) metric[UNLABELLED] = child;
    return child;
  }

  /**
   * The child for those labels, made if it is missing. It stays with the series. Throws for a label that was not
   * declared.
   */
  hold(given: object): Child {
    return this.metric[CHILDREN].hold(given) ?? this.make(given);
  }

  /** A new cell of a series in those families. A cell of `known` in one of the families is used again. */
  cellOf(
    series: Labelled,
    families: readonly Family[] = this.families,
    known: readonly Child[] = [],
  ): Child {
    const { cells } = this.descriptor;
    const make = (family: Family): Child => {
      const kept = known.find((cell) => cell.parts()[0]?.family === family);
      const cell = kept ?? cellIn(cells, family, series);
      return cells.sampled?.(cell) ?? cell;
    };
    const [only] = families;
    if (only !== undefined && families.length === 1) return make(only);
    // Without a registry the cell is local. Without a heap it is a group without members, which keeps nothing.
    return this.#locations.size === 0 && !isOff && !this.#isLeftOut
      ? cells.local(series.labels)
      : cells.group(series.labels, families.map(make));
  }

  #childrenOf(): Children<Child> {
    return new Children(this.metric.labelNames, this.#cellSource(), this.#labelValues);
  }

  /** The making of cells from now on. Children that are left behind keep their families. */
  #cellSource(): CellSource<Child> {
    const { families, descriptor } = this;
    const [only] = families;
    const isAlike = families.length === 1 && !descriptor.hasState && !this.#hasExemplars;
    return {
      make: (series, known) => this.cellOf(series, families, known),
      arena: isAlike && only?.attachment.isVisible === true ? only.attachment.arena : null,
    };
  }

  /** Removes the series that the arguments of `remove(…)` mean, here and in every family. */
  discard(
    given: readonly unknown[],
    from: (family: Family, labels: LabelSet) => void = (family, labels) => family.remove(labels),
  ): void {
    const wanted = validLabelsFrom(this.metric.labelNames, given);
    // An undefined label counts as absent, but prints differently.
    const labels = this.children.given(wanted) ?? this.children.normalised(wanted);
    this.children.delete(labels);
    if (isUnlabelled(labels)) this.unlabelled = null;
    this.#beginVersion();
    for (const family of this.families) from(family, labels);
  }

  /** Forgets all children. */
  forgetAll(): void {
    this.children.clear();
    this.unlabelled = null;
    this.#beginVersion();
  }

  /** Starts from zero in the whole application, without labelled series. */
  reset(): void {
    this.forgetAll();
    for (const family of this.families) family.reset();
    this.showUnlabelled();
  }

  presentFamily(values: FamilyValues): Presented {
    return presentedBy(this, samplesOf(values, this.metric.labelNames));
  }

  /** The contributions of this isolate. */
  localSamples(): Sample[] {
    const samples: Sample[] = [];
    for (const child of this.children.values()) {
      const measured = this.descriptor.measured(child);
      if (measured === null) continue;
      samples.push(Object.assign({ labels: asGiven(child.labels), added: {} }, measured));
    }
    return samples;
  }
}

/** A new cell of a series in a family. */
function cellIn<Child>(cells: CellFactory<Child>, family: Family, series: Labelled): Child {
  return family.attachment.tier === 'direct'
    ? cells.direct(family, series)
    : cells.native(family, series);
}

leaveUnwrapped(MetricSeries);
