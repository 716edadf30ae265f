// A module that counts, for the test of Vitest beside it.
import { Counter } from 'mpmetrics';

const orders = new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['kind'] });

export const order = (kind) => orders.inc({ kind });
