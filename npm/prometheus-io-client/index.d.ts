// What code that was written for @prometheus-io/client compiles with.

export * from 'mpmetrics';
export { default } from 'mpmetrics';
