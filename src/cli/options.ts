// The options that several commands share.

import type { Option } from './command';

/** The option that selects JSON as the output. @internal */
export const JSON_OPTION: Option = { type: 'boolean', help: 'print JSON' };

/** The option that selects families. @internal */
export const FILTER: Option = {
  type: 'string',
  short: 'F',
  value: 'TEXT',
  help: 'only families with this in their names; * stands for anything',
};

/** The option that selects a registry. @internal */
export const REGISTRY: Option = {
  type: 'string',
  short: 'r',
  value: 'NAME',
  help: 'only this registry of the application',
};

/** The option for the interval between readings. @internal */
export const INTERVAL: Option = {
  type: 'string',
  short: 'i',
  value: 'SECONDS',
  help: 'the time between two readings (1)',
};

/** The option for the number of readings. @internal */
export const COUNT: Option = {
  type: 'string',
  short: 'n',
  value: 'NUMBER',
  help: 'end after so many readings',
};
