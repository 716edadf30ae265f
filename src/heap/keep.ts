// How long a heap stays for readers after its last writer has ended.

import { warn } from '../errors';

/** The longest time, in seconds: ten years. */
const LONGEST = 315_360_000;

let seconds: number | undefined;

/** For how many seconds a heap is kept, from the environment; 0: it is not kept. @internal */
export function keepTime(): number {
  return (seconds ??= keepTimeIn(process.env['MPMETRICS_KEEP']));
}

function keepTimeIn(text: string | undefined): number {
  if (!text) return 0;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= LONGEST) return number;
  warn(
    'MPMETRICS_BAD_ARGUMENT',
    `MPMETRICS_KEEP=${text} means nothing: it can be a whole number of seconds, up to ${LONGEST}.`,
  );
  return 0;
}
