// What all metrics share: their way into the registries, the way from labels to a child, and reading back.

import type { Attachment } from '../heap/attachment';
import type { Cell } from '../cell/kinds';
import { cellIn } from './cell-making';
import { Children, type Cells } from './children';
import { bequeath } from '../registry/finalizer';
import { Family } from '../heap/family';
import { handOver } from './migrate';
import { entryOf, hashOf, type HashMapEntry } from './hash-map';
import type { Kind } from './descriptor';
import { isBare, validLabelsFrom, without } from '../labels/labels';
import { isOff, type FamilyValues } from '../heap/native';
import { isLeftOut } from './policy';
import { ownLabelOf, registersOf, validateOptions } from './options';
import { presentedBy, readMetric } from './read';
import type { Registry } from '../registry/registry';
import { relabelled } from './label-order';
import { shelfOf } from '../registry/location';
import type {
  Aggregator,
  MetricConfiguration,
  MetricObject,
  MetricType,
  LabelSet,
  LabelValues,
} from '../labels/label-set';
import { Store } from './store';
import {
  samplesOf,
  type Measured,
  type Presented,
  type Sample,
  type Value,
} from '../present/samples';

/**
 * A metric of any kind. The exported classes extend it.
 *
 * All fields are set in one order whatever the options, so that all metrics of a kind have one shape, and the update
 * paths stay fast with many of them. None is private to the language, so that two copies of this package have
 * compatible types.
 */
export abstract class BaseMetric<T extends string, Share, Child extends Cell<Share>> {
  /** The name. */
  readonly name: string;
  /** What is measured. */
  readonly help: string;
  /** The names of the labels. */
  readonly labelNames: readonly T[];
  /** The registries that the metric was made for. */
  readonly registers: Registry[];
  /** How the values of several processes become one. */
  readonly aggregator: Aggregator;
  /** Whether exemplars are taken. */
  readonly enableExemplars: boolean;
  /** What is counted or measured; empty where that is not told. */
  readonly unit: string;
  /** After how many seconds without a change series are removed; 0: never. */
  readonly expireAfterSeconds: number;
  /** Runs at each scrape, in whatever process or thread that is made. */
  collect?: MetricObject['collect'] | undefined;
  /** The kind of metric. */
  readonly type: MetricType;

  /** The cell of the series without labels; null until there is one, or while it is shown with some. @internal */
  bare: Child | null = null;
  /** The cells of all series that this isolate knows. @internal */
  children: Children<Child>;
  /** Changes whenever children were taken away or replaced: whoever holds one has to look again. @internal */
  era = 0;
  /** The registries that show this metric now. @internal */
  readonly memberOf = new Set<Registry>();
  /** Where the series lie: nowhere while no registry shows the metric. @internal */
  families: Family[] = [];
  /** @internal */
  readonly kind: Kind<Child>;
  /** Whether the operator has left this family out: nothing is stored for it. @internal */
  readonly isLeftOut: boolean;
  /** Whether all registries have taken the metric in. @internal */
  isReady = false;

  /**
   * Validates the options, then declares the metric and, when it has no labels, its series. Throws prom-client's
   * errors; none for want of shared memory.
   * @internal
   */
  constructor(configuration: MetricConfiguration<T>, kind: Kind<Child>) {
    validateOptions(configuration, kind.type, kind.reserved);
    this.name = configuration.name;
    this.help = configuration.help;
    this.labelNames = configuration.labelNames ?? [];
    this.registers = registersOf(configuration);
    this.aggregator = configuration.aggregator ?? 'sum';
    this.enableExemplars = configuration.enableExemplars ?? false;
    this.unit = `${configuration.unit ?? ''}`;
    this.expireAfterSeconds = configuration.expireAfterSeconds ?? 0;
    // What counts as false is taken for none, as prom-client does.
    this.isLeftOut = isLeftOut(this.name);
    this.collect = (!this.isLeftOut && configuration.collect) || undefined;
    this.type = kind.type;
    this.kind = kind;
    this.children = new Children(this.labelNames, this.cells());
    this.join();
    // Options that nobody here knows are kept, as prom-client does.
    for (const [option, value] of Object.entries(configuration)) {
      if (!(option in this)) Object.assign(this, { [option]: value });
    }
  }

  /** The series that this isolate has used, as prom-client keeps them: a copy. @internal */
  get hashMap(): Record<string, HashMapEntry> {
    const { type, kind } = this;
    const entries = this.localSamples().map((sample) => [
      hashOf(sample.labels),
      entryOf(type, sample.labels, sample, kind.bounds ?? []),
    ]);
    return Object.fromEntries(entries) as Record<string, HashMapEntry>;
  }

  /** To put nothing there empties a metric of prom-client's; what else is put there changes nothing. @internal */
  set hashMap(entries: object) {
    if (Object.keys(entries).length > 0) return;
    for (const { labels } of this.children.values()) this.remove(labels as LabelValues<T>);
  }

  /** The same, as newer versions of prom-client keep them. @internal */
  get store(): Store {
    return new Store(this);
  }

  /** Asks all registries before it declares anything; if one refuses, nothing is left in the others. @internal */
  join(): void {
    const joined: Registry[] = [];
    try {
      for (const registry of this.registers) {
        registry.registerMetric(this as never);
        joined.push(registry);
      }
      this.isReady = true;
      this.settle();
    } catch (error) {
      this.isReady = false;
      for (const registry of joined) registry.removeSingleMetric(this.name);
      throw error;
    }
  }

  /** A registry shows this metric from now on. @internal */
  enter(registry: Registry): void {
    if (this.memberOf.has(registry)) return;
    this.memberOf.add(registry);
    if (this.isReady) this.settle();
  }

  /** A registry no longer shows it. @internal */
  leave(registry: Registry): void {
    if (this.memberOf.delete(registry) && this.isReady) this.settle();
  }

  /**
   * Takes this isolate's share of all series to where it belongs now: after registries took the metric in or let it go,
   * or changed their default labels.
   * @internal
   */
  settle(): void {
    if (this.isLeftOut) return;
    const { families: before, era } = this;
    const shelves = [...this.memberOf].map((registry) => {
      const shelf = shelfOf(registry);
      return Object.assign(shelf, { defaults: this.defaultsOf(shelf.defaults) });
    });
    // To ask where a registry is may have moved another one of them, and this metric with it.
    if (this.era !== era) return;
    const declared = Family.of(shelves, {
      name: this.name,
      help: `${this.help}`,
      unit: this.unit,
      kind: this.type,
      labelNames: [...this.labelNames],
      aggregator: this.aggregator,
      buckets: [...(this.kind.bounds ?? [])],
      exemplars: this.enableExemplars && this.kind.hasExemplars === true,
      expireAfter: this.expireAfterSeconds,
      ...this.kind.declaration,
    });
    this.families = declared.map((family) => before.find((old) => old.equals(family)) ?? family);
    bequeath(this.memberOf, this.families);
    this.offerCollect(before);
    // Another family comes elsewhere in the heap than this metric was registered.
    if (before.length > 0) for (const registry of this.memberOf) registry.isRearranged = true;
    this.era += 1;
    const left = this.children;
    this.children = new Children(this.labelNames, this.cells());
    handOver(left, this.children, this.families);
    for (const family of before) {
      if (!this.families.some((kept) => kept.isSameFamily(family))) family.unbindAll();
    }
    this.bare = this.children.showsBare ? this.children.hold({}) : null;
    // Once: what was removed or reset since has none.
    if (era === 0 && this.bare === null && this.labelNames.length === 0) this.begin();
  }

  /** Of a registry's default labels those that its series can have: each label stands in them once. @internal */
  defaultsOf(labels: LabelSet): LabelSet {
    return without(labels, ownLabelOf(this, this.kind.reserved));
  }

  /** Has `collect` run for scrapes in other processes and threads. @internal */
  offerCollect(before: readonly Family[]): void {
    const isIn = (attachment: Attachment): boolean =>
      this.families.some((family) => family.attachment === attachment);
    for (const { attachment } of before) {
      if (!isIn(attachment)) attachment.collectors?.delete(this);
    }
    if (!this.collect) return;
    for (const { attachment } of this.families) attachment.collectors?.add(this);
  }

  /** Makes the series of a metric without labels, so that it shows before its first update. @internal */
  begin(): void {
    this.make({}).show();
  }

  /** Makes the child with those labels, which are known to be valid. @internal */
  make(given: object): Child {
    const labels = given as LabelSet;
    // Switched off or left out, nothing is kept either.
    if (isOff || this.isLeftOut) return cellIn(this, this.families, { labels });
    const child = this.children.add(labels);
    if (this.bare === null && isBare(labels) && this.children.showsBare) this.bare = child;
    return child;
  }

  /** What `labels(…)` has given for those labels before, as long as that is of use. @internal */
  known(given: readonly unknown[]): unknown {
    return this.children.handleAt(this.children.rowOf(given));
  }

  /** Has `labels(…)` give the same again, once there is such a series. @internal */
  hold<Handle>(given: readonly unknown[], handle: Handle): Handle {
    return this.children.keepHandle(this.children.rowOf(given), handle);
  }

  /** How cells are made from now on: those who have it go on so when the metric has moved. @internal */
  cells(): Cells<Child> {
    const { families } = this;
    const [only] = families;
    const isAlike = families.length === 1 && this.kind.hasMemory !== true && !this.enableExemplars;
    return {
      make: (series, known) => cellIn(this, families, series, known),
      onShow: this.kind.showsLast === true ? () => this.isShownAnew() : null,
      arena: isAlike && only?.attachment.isVisible === true ? only.attachment.arena : null,
    };
  }

  /** A series is to be shown with other labels: who holds it looks again, so that it is shown with theirs. @internal */
  isShownAnew(): void {
    if (!this.children.showsBare) this.bare = null;
    this.era += 1;
  }

  /** Forgets the series that `remove(…)` means, and has every family remove it. @internal */
  discard(
    given: readonly unknown[],
    from: (family: Family, labels: LabelSet) => void = (family, labels) => family.remove(labels),
  ): void {
    const wanted = validLabelsFrom(this.labelNames, given);
    // One that is undefined is as good as none, but does not print so.
    const labels = this.children.given(wanted) ?? wanted;
    this.forget(labels);
    for (const family of this.families) from(family, labels);
  }

  /** Forgets the child with those labels. @internal */
  forget(labels: LabelSet): void {
    this.children.delete(labels);
    if (isBare(labels)) this.bare = null;
    this.era += 1;
  }

  /** Forgets all children. @internal */
  forgetAll(): void {
    this.children.clear();
    this.bare = null;
    this.era += 1;
  }

  /** The values of the whole application; of this isolate where no registry shows the metric. @internal */
  read(): Promise<Presented> {
    return readMetric(this);
  }

  /** A text with its lines as they are to be shown in this isolate. @internal */
  relabel(text: string): string {
    return relabelled(text, this);
  }

  /** What was read of this metric's family, default labels included. @internal */
  presentFamily(values: FamilyValues): Presented {
    return presentedBy(this, samplesOf(values, this.labelNames));
  }

  /** Removes a series. */
  abstract remove(labels: LabelValues<T>): void;

  /** The values of each sample. @internal */
  abstract values(samples: readonly Sample[]): Value[];

  /** What a child has recorded. @internal */
  abstract shareOf(child: Child): Measured;

  /** @internal */
  localSamples(): Sample[] {
    return [...this.children.values()].map((child) =>
      Object.assign(
        { labels: this.children.shown(child.labels) ?? child.labels, added: {} },
        this.shareOf(child),
      ),
    );
  }
}
