// A child that does what a spec tells it: each order is the text of a function, which gets the package, what this child
// keeps from order to order, and something that the spec gives along.
import { leave, order, send } from './channel.mjs';

const client = await import('mpmetrics');
/** What the functions leave for each other. */
const kept = {};
const warnings = [];
process.on('warning', ({ code, message }) => warnings.push({ code, message }));
kept.warnings = warnings;
// Before that, a message might get lost.
send({ event: 'ready' });

for (;;) {
  const { order: what, text, given } = await order();
  if (what === 'leave') break;
  try {
    // oxlint-disable-next-line no-eval -- that is what it is for
    send({ event: 'done', result: await (0, eval)(`(${text})`)(client, kept, given) });
  } catch (error) {
    send({ event: 'done', error: error.stack ?? String(error) });
  }
}
await kept.server?.close();
leave();
