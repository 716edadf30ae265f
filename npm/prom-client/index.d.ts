// What code that was written for prom-client compiles with.

export * from 'mpmetrics';
export { default } from 'mpmetrics';
