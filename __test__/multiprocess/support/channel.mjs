// A child's side of the channel to its parent. It is the same for a thread, a forked process, a cluster worker, and a
// spawned process. See children.mjs for the other side.
//
// A child ends after the end of its parent, as soon as its event loop turns.
import { createInterface } from 'node:readline';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

/** The value that the parent passed at the start. */
export const given = isMainThread ? JSON.parse(process.env.CHANNEL ?? '{}') : workerData;

const channel = isMainThread ? (process.send ? overIpc() : overStandardIo()) : toThread();
const waiting = [];
const received = [];

/** Sends an event to the parent. */
export function send(message) {
  channel.send(message);
}

/** The next order of the parent. */
export function order() {
  if (received.length > 0) return Promise.resolve(received.shift());
  return new Promise((resolve) => waiting.push(resolve));
}

/** Closes the channel. From then on, it does not keep the child alive. */
export function leave() {
  channel.leave();
}

function receive(message) {
  if (waiting.length > 0) waiting.shift()(message);
  else received.push(message);
}

function toThread() {
  parentPort.on('message', receive);
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    send: (message) => parentPort.postMessage(message),
    leave: () => parentPort.close(),
  };
}

function overIpc() {
  const end = () => process.exit(1);
  process.on('message', receive);
  process.on('disconnect', end);
  return {
    send: (message) => process.send(message),
    leave: () => {
      process.off('disconnect', end);
      process.disconnect();
    },
  };
}

function overStandardIo() {
  const end = () => process.exit(1);
  process.stdin.on('close', end);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => receive(JSON.parse(line)));
  return {
    send: (message) => process.stdout.write(`${JSON.stringify(message)}\n`),
    leave: () => {
      process.stdin.off('close', end);
      lines.close();
      process.stdin.destroy();
    },
  };
}
