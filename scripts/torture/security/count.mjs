// The work of the processes of this item: they count, in a shared heap or alone.

export async function count(client, kept) {
  kept.counter ??= new client.Counter({ name: 'counted_total', help: 'H' });
  kept.counter.inc();
  return Number(/^counted_total (.*)$/m.exec(await client.register.metrics())?.[1]);
}
