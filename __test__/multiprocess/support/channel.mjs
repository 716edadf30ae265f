// A child's side of the channel to whoever started it: the same for a thread, a forked process, a cluster worker, and a
// spawned process. See children.mjs for the other side.
//
// A child ends when its parent is gone, whatever it is doing at the time, as soon as its event loop turns.
import { createInterface } from 'node:readline';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

/** What the child was given when it was started. */
export const given = isMainThread ? JSON.parse(process.env.CHANNEL ?? '{}') : workerData;

const channel = isMainThread ? (process.send ? overIpc() : overStandardIo()) : toThread();
const waiting = [];
const received = [];

/** Tells the parent. */
export function send(message) {
  channel.send(message);
}

/** The next thing that the parent wants. */
export function order() {
  if (received.length > 0) return Promise.resolve(received.shift());
  return new Promise((resolve) => waiting.push(resolve));
}

/** Lets go of the channel: from then on, nothing here keeps the child alive. */
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
