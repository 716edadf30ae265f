// The options of the pages of health, and their checks. Settings use them without the server.

/** The options of the pages of health. */
export interface HealthOptions {
  /**
   * How long an event loop may be blocked, in seconds, before `/-/healthy` answers with status 503. The answer waits
   * for a blocked event loop for that time, and at most for one second. Default: 1.
   */
  readonly maxBlockedSeconds?: number;
}

/** The names of these options. @internal */
export const HEALTH_OPTIONS: readonly (keyof HealthOptions)[] = ['maxBlockedSeconds'];

/** How long an event loop may be blocked unless the application says otherwise, in seconds. @internal */
export const MAX_BLOCKED_SECONDS = 1;

/** Whether an event loop may be blocked for that long. @internal */
export function isMaxBlockedSeconds(value: unknown): boolean {
  return typeof value === 'number' && value >= 0.05 && value <= 86_400;
}
