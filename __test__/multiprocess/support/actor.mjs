// A child that obeys a spec. Each order is the text of a function. The function gets the package, the values that this
// child keeps between orders, and an argument of the spec.
import { leave, order, send } from './channel.mjs';

const client = await import('mpmetrics');
/** The values that functions keep for later ones. */
const kept = {};
const warnings = [];
process.on('warning', ({ code, message }) => warnings.push({ code, message }));
kept.warnings = warnings;
// Without this, a message might get lost.
send({ event: 'ready' });

for (;;) {
  const { order: what, text, given } = await order();
  if (what === 'leave') break;
  try {
    // oxlint-disable-next-line no-eval -- orders are text
    send({ event: 'done', result: await (0, eval)(`(${text})`)(client, kept, given) });
  } catch (error) {
    send({ event: 'done', error: error.stack ?? String(error) });
  }
}
await kept.server?.close();
leave();
