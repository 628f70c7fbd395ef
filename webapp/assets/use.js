/** The conditions of the list in the pages' addresses, and the matching API parameters. */

import { Failure, read } from './api.js';
import { DAY_MILLIS } from './format.js';
import { texts } from './texts.js';

const LONG = 90;
const BAD_REQUEST = 400;
/** Age in days up to which a token that was never used counts as new. */
const NEW = 7;

/** The value of the group filter for all groups of the user. */
export const MY_GROUPS = 'mine';
/**
 * Maximum length of the refs of the user's groups, in characters. Servers and proxies limit the address of a
 * call together with its header fields, often to 8,192 bytes.
 */
const GROUPS_LENGTH = 5000;
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
export const FILTERS = ['q', 'status', 'groupEntityRef', 'createdBy', 'used', 'expires'];

/** A UTC day, or the first and the last of several. */
const EXPIRY_DAYS = /^(2\d{3}-\d\d-\d\d)(?:\.\.(2\d{3}-\d\d-\d\d))?$/;
const utcDays = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/**
 * Returns the API parameters of the list for a state in the address.
 *
 * @param {Object<string, any>} state
 * @param {string[]} ownGroups the refs of the user's groups
 */
export function listQuery({ used, status, groupEntityRef, expires, ...others }, ownGroups) {
  return {
    ...others,
    ...(status === ROTATING ? { rotating: true } : { status }),
    groupEntityRef: groupEntityRef === MY_GROUPS ? ownGroups : groupEntityRef,
    ...unused(used),
    ...expiresWithin(expires),
  };
}

/**
 * Returns true if the list can be filtered by all of the user's groups, and if this selects fewer tokens than
 * no filter.
 *
 * @param {import('./session.js').Session} session
 */
export function hasMyGroups(session) {
  const refs = session.groups.map((it) => it.groupEntityRef ?? it);
  return refs.length > 0 && fitIntoAddress(refs) && !session.isLimited('read');
}

/** @param {string[]} refs of groups */
function fitIntoAddress(refs) {
  return new URLSearchParams(refs.map((ref) => ['groupEntityRef', ref])).toString().length <= GROUPS_LENGTH;
}

/**
 * Reads service tokens. The API takes an empty list of groups for all groups, so this function then
 * returns no token without a call.
 *
 * @param {Object<string, any>} query as {@link listQuery} returns it, with further parameters
 * @param {AbortSignal} [signal]
 * @throws {Failure} if the call fails, or without a call if the groups do not fit into its address
 */
export async function readTokens(query, signal) {
  const groups = Array.isArray(query.groupEntityRef) ? query.groupEntityRef : null;
  if (groups && !fitIntoAddress(groups)) {
    throw new Failure(BAD_REQUEST, { error: texts.tooManyGroups });
  }
  const selectsNone = groups?.length === 0;
  return selectsNone ? { tokens: [], total: 0 } : read('service', query, signal);
}

/** Returns the list of the tokens that expire on some days, as a state in the address. */
export function expiringOn(first, last = first) {
  return { status: 'expiring', expires: first === last ? first : `${first}..${last}`, sort: 'expiresAt' };
}

/** Returns the API parameters for a value of the filter by expiry; none if the value is wrong. */
function expiresWithin(value) {
  const span = daySpan(value);
  return span ? { expiresAfter: span[0].toISOString(), expiresBefore: span[1].toISOString() } : {};
}

/** Returns the text for a value of the filter by expiry; an empty text if the value is wrong. */
export function expiryText(value) {
  const span = daySpan(value);
  return span ? texts.daysInUtc(utcDays.formatRange(span[0], span[1].getTime() - 1)) : '';
}

/** Returns the start of the first day, and the end of the last day; null if the value is wrong. */
function daySpan(value) {
  const [, first, last = first] = EXPIRY_DAYS.exec(value ?? '') ?? [];
  const from = utcDay(first);
  const to = utcDay(last);
  return from && to && from <= to ? [from, new Date(to.getTime() + DAY_MILLIS)] : null;
}

/** Returns the start of a UTC day; null if there is no such day. */
function utcDay(iso) {
  const start = new Date(iso);
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(iso) ? start : null;
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
