// Security: hostile names, files and clients.
//
// Foreign files at the places of a heap's files are refused with a typed error. Two users see nothing of each other. No
// label value breaks the exposition. No client keeps the server from answering others.
import { heapName, item, unavailable } from './support/item.mjs';
import { ownSharedMemory } from './support/namespace.mjs';
import { hostileClients } from './security/clients.mjs';
import { names } from './security/names.mjs';
import { squatted } from './security/squatters.mjs';
import { hostileText } from './security/text.mjs';
import { isRoot, users } from './security/users.mjs';
import { Actor } from '../../__test__/multiprocess/support/acting.mjs';

ownSharedMemory();
process.env.NODE_NO_WARNINGS = '1';
process.env.MPMETRICS_NAME = heapName;

await item(async ({ figures, check }) => {
  figures.names = await names(check);
  figures.squatted = await squatted(check, figures);
  if (isRoot) await users(check, figures);
  else unavailable(figures, 'two users', 'only root can be another user');
  const server = new Actor('fork');
  const { url } = await server.run(serve);
  figures.text = await hostileText(server, url, check);
  figures.server = await hostileClients(url, check);
  await server.leave();
});

function serve(client) {
  return client.startHttpServer({ port: 0, host: '127.0.0.1' }).then(({ url }) => ({ url }));
}
