// `mpmetrics/auto`: measures an application that is started with it and has no code for that.

import { collectDefaultMetrics } from '../../index';
import { measure, seeInstalledHono } from '../http/http';
import { applySettings } from '../settings/apply';
import { readSettings, readSettingsNow, thisApplication } from '../settings/read';
import type { Settings } from '../settings/settings';
import { serve } from './endpoint';
import { giveWay } from './give-way';
import { isTool } from './tools';

/** Whether it has started: `NODE_OPTIONS` and the command line may both load it. */
let hasBegun = false;

/** Starts for `--import`. Rejects if a setting is invalid. @internal */
export async function begin(): Promise<void> {
  if (!isFirst()) return;
  measureApplication(await readSettings());
  await seeInstalledHono(thisApplication().root);
}

/** Starts for `--require`. Throws if a setting is invalid. @internal */
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
