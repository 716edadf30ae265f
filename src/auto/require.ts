// What `node --require mpmetrics/auto` loads.

import { beginNow } from './auto';

beginNow();
