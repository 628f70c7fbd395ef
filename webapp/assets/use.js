/** The filter by use: its values in the pages' addresses, and the matching API parameters. */

import { DAY_MILLIS } from './format.js';
import { texts } from './texts.js';

const LONG = 90;

/** The values of the filter, with their texts. */
export const USES = [
  ['', texts.all],
  ['none', texts.notInUse],
  ['never', texts.neverUsed],
  ['90d', texts.unusedLong],
];

/**
 * Returns the API parameters for a value of the filter. Each value except "all" selects live tokens
 * only.
 */
export function unused(value) {
  const since = new Date(Date.now() - LONG * DAY_MILLIS).toISOString();
  switch (value) {
    case 'never':
      return { live: true, neverUsed: true };
    case '90d':
      return { live: true, lastUsedBefore: since };
    case 'none':
      return { live: true, unusedSince: since };
    default:
      return {};
  }
}
