// What `node --import mpmetrics/auto` loads.

import { begin } from './auto.js';

await begin();
