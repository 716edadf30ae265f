// Label values and help texts that imitate the format.
import { short } from '../support/item.mjs';
import { readLabels } from '../../../examples/demo/exposition.mjs';
import { request } from './request.mjs';

/** Hostile label values and help texts are read back unchanged. */
export async function hostileText(server, url, check) {
  const mega = short ? 1_000_000 : 5_000_000;
  const values = await server.run((client, kept, size) => {
    const hostile = [
      '"} 1\nfake_total 1',
      'quote " backslash \\ newline \n return \r tab \t',
      '\\n is no newline, \\" no quote',
      'nul \0 bell \x07 delete \x7f',
      'lone \ud800 surrogate \udfff',
      '\u2028 \ufeff \u{10ffff}',
      '# HELP fake x\n# TYPE fake counter\nfake 1',
      '# EOF\n',
      `${'long "\\\n'.repeat(size / 8)}`,
    ];
    const help = hostile.join(' ').slice(0, 1000);
    const counter = new client.Counter({ name: 'hostile_total', help, labelNames: ['value'] });
    for (const value of hostile) counter.inc({ value });
    return hostile;
  }, mega);
  for (const accept of ['text/plain', 'application/openmetrics-text; version=1.0.0']) {
    const { status, body } = await request(url, { accept });
    check(status === 200, `hostile text: ${status}`);
    check(!/^fake/m.test(body), 'a label value has become a sample');
    const lines = body.split('\n').filter((line) => line.startsWith('hostile_total{'));
    const read = lines.map((line) => readLabels(line.slice(14, line.lastIndexOf('}'))).value);
    // Halves of surrogate pairs are shown as the replacement character.
    const expected = values.map((value) => value.toWellFormed?.() ?? wellFormed(value));
    for (const value of expected) {
      check(read.includes(value), `not read back: ${JSON.stringify(value.slice(0, 40))}`);
    }
    check(read.length === expected.length, `${read.length} of ${expected.length} series are shown`);
  }
  return { values: values.length, longest: Math.max(...values.map(({ length }) => length)) };
}

/** Like `toWellFormed()`, for a runtime without it. */
function wellFormed(text) {
  return Buffer.from(text, 'utf8').toString('utf8');
}
