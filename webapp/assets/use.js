/** The conditions of the list in the pages' addresses, and the matching API parameters. */

import { DAY_MILLIS } from './format.js';
import { texts } from './texts.js';

const LONG = 90;
/** Age in days up to which a token that was never used counts as new. */
const NEW = 7;

/** The value of the group filter for all groups of the user. */
export const MY_GROUPS = 'mine';
/** The value of the status filter for tokens whose old secret is still valid. */
export const ROTATING = 'rotating';

/** The values of the filter by use, with their texts. */
export const USES = [
  ['', texts.all],
  ['none', texts.notInUse],
  ['never', texts.neverUsed],
  ['90d', texts.unusedLong],
];

/** The values of the filter by status, with their texts. */
export const STATUSES = [
  ['', texts.all],
  ...['active', 'expiring', 'expired', 'revoked'].map((status) => [status, texts.statusFilters[status]]),
  [ROTATING, texts.rotating],
];

/** The names of the filters in the address. */
export const FILTERS = ['q', 'status', 'groupEntityRef', 'createdBy', 'used'];

/**
 * Returns the API parameters of the list for a state in the address.
 *
 * @param {Object<string, any>} state
 * @param {string[]} ownGroups the refs of the user's groups
 */
export function listQuery({ used, status, groupEntityRef, ...others }, ownGroups) {
  return {
    ...others,
    ...(status === ROTATING ? { rotating: true } : { status }),
    groupEntityRef: groupEntityRef === MY_GROUPS ? ownGroups : groupEntityRef,
    ...unused(used),
  };
}

/**
 * Returns the API parameters for a value of the filter by use. Each value except "all" selects live
 * tokens only.
 *
 * @param {string} value
 */
export function unused(value) {
  const since = new Date(Date.now() - LONG * DAY_MILLIS).toISOString();
  switch (value) {
    case 'never':
      return { live: true, neverUsed: true };
    case '90d':
      return { live: true, lastUsedBefore: since };
    case 'none':
      // A new token is omitted, because its callers may not be set up yet.
      return { live: true, unusedSince: since, createdBefore: new Date(Date.now() - NEW * DAY_MILLIS).toISOString() };
    default:
      return {};
  }
}
