/** Which tokens are in use: what the pages' own addresses say of it, as the API is asked for it. */

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

/** The parameters of the API for a value of the filter: of tokens that are live, all of them. */
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
