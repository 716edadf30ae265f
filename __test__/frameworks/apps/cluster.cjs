// A cluster of four that runs the file it is given, and replaces workers that are killed.
const cluster = require('node:cluster');
const { pathToFileURL } = require('node:url');

if (cluster.isPrimary) {
  for (let started = 0; started < 4; started += 1) cluster.fork();
  cluster.on('exit', () => cluster.fork());
  process.on('message', () => {
    const pids = Object.values(cluster.workers).map((worker) => worker.process.pid);
    process.send(pids);
  });
} else {
  import(pathToFileURL(process.argv[2]).href);
}
