// A writer that observes its part of the values of all distributions in summaries. See quantiles.mjs.
import { given, leave, order, send } from './channel.mjs';
import { DISTRIBUTIONS, valuesOf } from './distributions.mjs';
import { atMoment, summaries } from './summaries.mjs';

const { writer, count } = given;
const { ofAll, ofRecent } = summaries();
for (const distribution of Object.keys(DISTRIBUTIONS)) {
  const child = ofAll.labels(distribution);
  for (const value of valuesOf(distribution, writer, count)) child.observe(value);
}
send({ event: 'done' });
// All writers begin at the same moment, so that no values are old when others arrive.
const { moment } = await order();
await atMoment(moment, () => {
  for (let time = 0; time < 50; time += 1) ofRecent.observe(writer + 1);
});
send({ event: 'recent' });
await order();
leave();
