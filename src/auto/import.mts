// The module for `node --import mpmetrics/auto`.

import { begin } from './auto.js';

await begin();
