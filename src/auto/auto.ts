// `mpmetrics/auto`: an application is measured without a line of its own, by starting it with this.

import { collectDefaultMetrics } from '../../index';
import { measure, seeInstalledHono } from '../http/http';
import { applySettings } from '../settings/apply';
import { readSettings, readSettingsNow, thisApplication } from '../settings/read';
import type { Settings } from '../settings/settings';
import { serve } from './endpoint';
import { giveWay } from './give-way';
import { isTool } from './tools';

/** Whether it has begun: `NODE_OPTIONS` and the command line may both ask for it. */
let hasBegun = false;

/** As `--import` needs it. Rejects if a setting is wrong. @internal */
export async function begin(): Promise<void> {
  if (!isFirst()) return;
  measureApplication(await readSettings());
  await seeInstalledHono(thisApplication().root);
}

/** As `--require` needs it. Throws if a setting is wrong. @internal */
export function beginNow(): void {
  if (!isFirst()) return;
  measureApplication(readSettingsNow());
  void seeInstalledHono(thisApplication().root);
}

function isFirst(): boolean {
  if (hasBegun || isTool(process.argv[1])) return false;
  hasBegun = true;
  return true;
}

function measureApplication(settings: Settings): void {
  applySettings(settings);
  measure({ names: settings.httpNames });
  if (settings.defaultMetrics) collectDefaultMetrics();
  giveWay();
  serve(settings);
}
