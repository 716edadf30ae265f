// Opens 500 heaps at once, uses each, and prints how much of /dev/shm they take.
import { readdirSync, readFileSync } from 'node:fs';
import { Counter, Histogram, open, Summary } from 'mpmetrics';

const warnings = [];
process.on('warning', ({ message }) => warnings.push(message));

const heaps = Array.from({ length: 500 }, (_, number) => {
  const heap = open({ name: `many-${process.pid}-${number}` });
  const common = { help: 'H', registers: [heap.register] };
  const counter = new Counter({ name: 'c', labelNames: ['x'], ...common });
  for (let x = 0; x < 10; x += 1) counter.inc({ x }, number);
  new Histogram({ name: 'h', ...common }).observe(number);
  new Summary({ name: 's', ...common }).observe(number);
  return heap;
});

/** The heaps with wrong values. */
const wrong = [];
for (const [number, { register }] of heaps.entries()) {
  const text = await register.metrics();
  const samples = text.split('\n').filter((line) => line.startsWith('c{'));
  const isRight =
    samples.length === 10 &&
    samples.every((line) => line.endsWith(`} ${number}`)) &&
    text.includes(`\nh_sum ${number}\n`) &&
    text.includes(`\ns_sum ${number}\n`);
  if (!isRight) wrong.push(number);
}
const taken = heaps.reduce((sum, heap) => sum + heap.info().bytes, 0);
const files = new Set(readFileSync('/proc/self/maps', 'utf8').match(/\bmpm\.\w+/g));
for (const heap of heaps) heap.close();
const left = readdirSync('/dev/shm').filter((file) => files.has(/^mpm\.\w+/.exec(file)?.[0]));
console.log(JSON.stringify({ taken, heaps: files.size, wrong, warnings, left }));
