// Programs that only start others: package managers and supervisors. They inherit `NODE_OPTIONS`, and would be measured,
// and take the port, in place of the application.

import { realpathSync } from 'fs';

const TOOLS =
  /[\\/](?:npm|pnpm|yarn|nodemon|forever|pm2)[\\/]bin[\\/]|[\\/]corepack[\\/]dist[\\/]|[\\/]pm2[\\/]lib[\\/]Daemon\.js$|[\\/]yarn-[\d.]+\.c?js$/;

/** Whether the main script of a process is one of them. @internal */
export function isTool(script: string | undefined): boolean {
  if (script === undefined) return false;
  try {
    return TOOLS.test(realpathSync(script));
  } catch {
    return TOOLS.test(script);
  }
}
