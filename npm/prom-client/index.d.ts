// The types for code that was written for prom-client.

export * from 'mpmetrics';
export { default } from 'mpmetrics';
