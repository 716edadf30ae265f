// Programs that only start other programs: package managers and supervisors. They inherit `NODE_OPTIONS`. Without this
// list, they would be measured and take the port of the application.

import { realpathSync } from 'fs';

const TOOLS =
  /[\\/](?:npm|pnpm|yarn|nodemon|forever|pm2)[\\/]bin[\\/]|[\\/]corepack[\\/]dist[\\/]|[\\/]pm2[\\/]lib[\\/]Daemon\.js$|[\\/]yarn-[\d.]+\.c?js$/;

/** Whether the main script of a process is such a program. @internal */
export function isTool(script: string | undefined): boolean {
  if (script === undefined) return false;
  try {
    return TOOLS.test(realpathSync(script));
  } catch {
    return TOOLS.test(script);
  }
}
