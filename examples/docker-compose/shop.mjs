// A small shop: four workers behind one port. `node --import mpmetrics/auto shop.mjs` measures it.
import cluster from 'node:cluster';
import express from 'express';

const port = Number(process.env.PORT ?? 8080);
const workers = Number(process.env.WORKERS ?? 4);

if (cluster.isPrimary) {
  for (let started = 0; started < workers; started += 1) cluster.fork();
  cluster.on('exit', ({ exitedAfterDisconnect }) => {
    if (!exitedAfterDisconnect) cluster.fork();
  });
  process.once('SIGTERM', () => {
    // Each worker answers the requests that it has, and ends. The primary ends after the last one.
    cluster.disconnect();
    // Idle connections of clients may keep a worker for longer. All processes end with the primary.
    setTimeout(() => process.exit(), 8000).unref();
  });
} else {
  const app = express();
  app.get('/health', (request, response) => response.send('ok'));
  app.get('/stock/:item', (request, response) => response.json({ pieces: 7 }));
  app.get('/items/:item', async (request, response) => {
    const { item } = request.params;
    // The stock is another service as a rule.
    const stock = await fetch(`http://127.0.0.1:${port}/stock/${item}`);
    response.json({ item, ...(await stock.json()) });
  });
  app.post('/orders', () => {
    throw new Error('out of stock');
  });
  app.listen(port);
  // A group may be told to end as a whole. The primary disconnects the workers, and then they end.
  process.on('SIGTERM', () => {});
  process.once('disconnect', () => process.exit());
}
