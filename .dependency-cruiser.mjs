// Which room of `src` may import which. `npm run lint` checks it; an import of types counts, too.

/** From the lowest to the highest. The rooms of one line do not import each other. */
const ROOMS = [
  ['builtin', 'errors', 'globals', 'unwrapped'],
  ['labels', 'instrument'],
  ['heap'],
  ['discovery', 'present', 'cell'],
  ['registry'],
  ['metrics', 'open', 'server', 'page'],
  ['default-metrics', 'prom-client', 'cli'],
  ['index'],
  // The rooms above are entry points of their own, and use the library by its front door.
  ['settings', 'testing'],
  ['http'],
  ['auto', 'frameworks'],
];

/** The files of some rooms: each is a folder of `src`, a file there, or `index.ts`. */
const filesOf = (rooms) => `^(src/)?(${rooms.join('|')})(/|\\.c?ts$)`;

/** One rule for each room and each other one that does not stand below it. */
const order = ROOMS.flatMap((level, height) =>
  level.flatMap((room) =>
    [...level, ...ROOMS.slice(height + 1).flat()]
      .filter((other) => other !== room)
      .map((other) => ({
        name: `${room} must not import ${other}`,
        comment:
          `Imports go only downwards, types included: ${other} does not stand below ${room}. Move the code that both need ` +
          `down, or have ${other} hand it in. The order of the rooms is in .dependency-cruiser.mjs.`,
        severity: 'error',
        from: { path: filesOf([room]) },
        to: { path: filesOf([other]) },
      })),
  ),
);

export default {
  forbidden: [
    ...order,
    {
      name: 'no circles',
      comment:
        'These files import each other in a circle, types included. Move the code that both need to a file below them.',
      severity: 'error',
      // One through several rooms goes upwards somewhere, which is told above.
      from: { path: '^src/([^/]+)/' },
      to: { circular: true, viaOnly: { path: '^src/$1/' } },
    },
    {
      name: 'every file stands in a room',
      comment:
        'The order of the rooms in .dependency-cruiser.mjs does not have this one. Add it there, above all that it imports.',
      severity: 'error',
      from: { path: '^src/', pathNot: filesOf(ROOMS.flat()) },
      to: {},
    },
  ],
  options: {
    // Else imports of types are not seen.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^(node_modules|binding)' },
  },
};
