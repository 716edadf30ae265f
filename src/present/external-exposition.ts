// Metrics that are not of this package in any format of exposition.

import { encodeFamilies } from '../heap/native';
import type { Encoding } from '../heap/request';
import type { LabelSet } from '../labels/label-set';
import { readExternal } from './external-family';
import type { ExternalMetric } from './external-metric';
import { encodeExternal } from './external-text';

/** The exposition of such a metric: a text has no line end, unless it is complete. @internal */
export async function exposeExternal(
  metric: ExternalMetric,
  defaults: LabelSet,
  encoding: Encoding,
): Promise<Buffer> {
  const { format } = encoding;
  if (format === 'protobuf' || format === 'openmetrics-2') {
    return encodeFamilies(await readExternal(metric, defaults), encoding);
  }
  return Buffer.from(await encodeExternal(metric, defaults, format));
}
