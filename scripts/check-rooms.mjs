// Fails when a module of the core imports upwards, or modules import one another in a circle. The order of the rooms is the
// map at the head of lib.rs: imports go only downwards, and rooms between two blank lines do not import each other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, Refusal, root } from './run.mjs';
import { circleIn } from './rooms/circle.mjs';
import { readModules } from './rooms/modules.mjs';

const SOURCE = 'crates/core/src';
/** Tests look into every room, and no release contains them. */
const BESIDE = 'verification';

/** The number of each room's floor, from the map: the lowest room has the highest number. */
function readFloors() {
  const map = /^\/\/! ```text\n((?:\/\/!.*\n)+?)\/\/! ```/m.exec(
    readFileSync(join(root, SOURCE, 'lib.rs'), 'utf8'),
  );
  if (!map) throw new Refusal(`${SOURCE}/lib.rs has no map of the rooms.`);
  const floors = new Map();
  let floor = 0;
  for (const line of map[1].trimEnd().split('\n')) {
    const room = /^\/\/! (\w+) /.exec(line)?.[1];
    if (room) floors.set(room, floor);
    else floor += 1;
  }
  return floors;
}

/** The broken rule of an import, as a sentence; undefined if there is none. */
function fault(floors, from, target) {
  const room = (module) => module.split('::')[0];
  const [importer, imported] = [room(from.module), room(target.module)];
  if (importer === imported || importer === '') return undefined;
  const where = `${SOURCE}/${from.file}:${target.line}`;
  if (imported === '')
    return `${where} imports ${target.path} from lib.rs: import it from the module that defines it.`;
  const [below, above] = [floors.get(importer), floors.get(imported)];
  if (below === undefined)
    return `${where}: the room ${importer} is missing from the map in lib.rs.`;
  if (above === undefined)
    return `${where}: the room ${imported} is missing from the map in lib.rs.`;
  const rule = 'imports go only downwards, by the map in lib.rs';
  if (above < below)
    return `${where}: ${importer} imports ${target.path}, but ${imported} stands above ${importer}: ${rule}.`;
  if (above === below) {
    return `${where}: ${importer} imports ${target.path}, but ${imported} stands beside ${importer}: ${rule}.`;
  }
  return undefined;
}

await main(() => {
  const floors = readFloors();
  const modules = readModules(join(root, SOURCE), BESIDE);
  const faults = modules.flatMap((from) =>
    from.imports.map((target) => fault(floors, from, target)).filter(Boolean),
  );
  const circle = circleIn(
    new Map(modules.map(({ module, imports }) => [module, imports.map((found) => found.module)])),
  );
  for (const room of floors.keys()) {
    if (!modules.some(({ module }) => module.split('::')[0] === room)) {
      faults.push(`${SOURCE}/lib.rs: its map has the room ${room}, which is not there.`);
    }
  }
  if (circle) {
    const names = circle.map((module) => module || 'lib.rs').join(' → ');
    faults.push(
      `${SOURCE}: ${circle.length - 1} modules import one another in a circle: ${names}. Move what they share below them.`,
    );
  }
  if (faults.length > 0) throw new Refusal(faults.join('\n'));
});
