// The descriptor of histograms: their cells by sort, with classic buckets only or with sparse ones, and how they are read.

import { ClassicBuckets } from '../cell/classic-buckets';
import {
  DirectHistogramCell,
  HistogramCellGroup,
  LocalHistogramCell,
  NativeHistogramCell,
} from '../cell/histogram-cell';
import type { HistogramCell } from '../cell/kinds';
import { LocalSparseHistogramCell } from '../cell/local-sparse-histogram-cell';
import { SampledHistogramCell } from '../cell/sampled-cell';
import {
  DirectSparseHistogramCell,
  NativeSparseHistogramCell,
} from '../cell/sparse-histogram-cell';
import type { ExemplarFilter } from '../instrument/active-span';
import { asRead } from '../labels/exemplar';
import type { LabelSet } from '../labels/label-set';
import { histogramValues } from '../present/samples';
import { sampledCells, type CellFactory, type MetricDescriptor } from './descriptor';
import { nativeSpecOf, type NativeHistogramOptions } from './native';
import type { ExemplarOptions, MetricConfiguration } from './options';

/**
 * The descriptor of a histogram.
 *
 * @param upperBounds The bounds of its classic buckets.
 * @param native The options of its sparse buckets; null: it has none.
 * @internal
 */
export function histogramDescriptor(
  upperBounds: readonly number[],
  {
    enableExemplars,
    exemplars,
  }: Pick<MetricConfiguration<string>, 'enableExemplars'> & ExemplarOptions,
  native: NativeHistogramOptions | null,
): MetricDescriptor<HistogramCell> {
  const buckets = new ClassicBuckets(upperBounds);
  const isTraced = exemplars === 'trace';
  const cells = native === null ? classicCells(buckets) : sparseCells(buckets, native);
  const sampled = (cell: HistogramCell, filter: ExemplarFilter): HistogramCell =>
    new SampledHistogramCell(cell, filter, buckets.length, native !== null);
  return {
    type: 'histogram',
    cells: isTraced ? sampledCells(cells, sampled) : cells,
    // prom-client's own sign that the last bucket has no exemplar.
    values: ({ name }, samples) =>
      histogramValues(name, upperBounds, samples, enableExemplars || isTraced ? undefined : null),
    measured: (cell) => ({
      value: 0,
      sum: 0,
      counts: [],
      ...cell.read(),
      exemplars: asRead(cell.exemplars),
    }),
    hasExemplars: true,
    isTraced,
    reserved: 'le',
    bounds: upperBounds,
    ...(native && { declaration: { native: nativeSpecOf(native) } }),
  };
}

function classicCells(buckets: ClassicBuckets): CellFactory<HistogramCell> {
  const local = (labels: LabelSet): LocalHistogramCell => new LocalHistogramCell(labels, buckets);
  return {
    direct: (family, series) => new DirectHistogramCell(family, series, local, buckets),
    native: (family, series) => new NativeHistogramCell(family, series, local, buckets),
    local,
    group: (labels, members) => new HistogramCellGroup(labels, members),
  };
}

function sparseCells(
  buckets: ClassicBuckets,
  native: NativeHistogramOptions,
): CellFactory<HistogramCell> {
  const spec = nativeSpecOf(native);
  const local = (labels: LabelSet): LocalSparseHistogramCell =>
    new LocalSparseHistogramCell(labels, buckets, spec);
  return {
    direct: (family, series) => new DirectSparseHistogramCell(family, series, local, buckets),
    native: (family, series) => new NativeSparseHistogramCell(family, series, local, buckets),
    local,
    group: (labels, members) => new HistogramCellGroup(labels, members),
  };
}
