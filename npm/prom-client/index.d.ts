// The types for code that was written for prom-client. The default import has them, too.

import * as whole from './lib/types';

export * from './lib/types';
export { whole as default };
