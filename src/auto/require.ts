// The module for `node --require mpmetrics/auto`.

import { beginNow } from './auto';

beginNow();
