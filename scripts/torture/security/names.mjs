// Names of heaps that lead elsewhere, given in code and in the environment.
import { Actor } from '../../../__test__/multiprocess/support/acting.mjs';

/** Names of heaps with paths in them, given in code and in the environment. */
export async function names(check) {
  const bad = [
    '../evil',
    '..',
    '.hidden',
    'a/b',
    '/etc/passwd',
    'a\\b',
    'a b',
    'ä',
    'x'.repeat(65),
  ];
  for (const name of bad) {
    const environment = { MPMETRICS_NAME: name };
    const actor = new Actor('fork', { environment });
    const codes = await actor.run((client, kept, given) => {
      const codeOf = (does) => {
        try {
          does();
          return 'no error';
        } catch (error) {
          return error.code;
        }
      };
      return [
        codeOf(() => client.open({ name: given })),
        codeOf(() => client.open({ name: given, mode: 'read' })),
        codeOf(() => new client.Counter({ name: 'c', help: 'H' }).inc()),
      ];
    }, name);
    check(new Set(codes).size === 1 && codes[0] === 'MPMETRICS_INVALID_NAME', `${name}: ${codes}`);
    await actor.leave();
  }
  return bad.length;
}
