/** When verifiers last needed the scopes of a token, as far as they named them. */

import { el } from './dom.js';
import { DAY_MILLIS, longDay, relative, time } from './format.js';
import { texts } from './texts.js';

/** The page says of a scope that it is not needed only after this number of days. */
const LONG = 90;

/**
 * Returns what is known of a scope. A scope is `unneeded` only if verifiers named scopes of the token
 * for a long time, and still do. Otherwise the verifiers may not name scopes at all.
 *
 * @param {string} scope
 * @param {{scope: string, firstNeededAt: string|null, lastNeededAt: string|null}[]} scopes all scopes of the token
 * @param {number} [now] in milliseconds
 * @returns {'needed'|'unneeded'|'unknown'}
 */
export function needOf(scope, scopes, now = Date.now()) {
  const lastAt = lastNeed(scope, scopes);
  const isLongAgo = (instant) => now - Date.parse(instant) >= LONG * DAY_MILLIS;
  if (lastAt && !isLongAgo(lastAt)) {
    return 'needed';
  }
  const named = scopes.filter((it) => it.lastNeededAt);
  if (named.some((it) => isLongAgo(it.firstNeededAt)) && named.some((it) => !isLongAgo(it.lastNeededAt))) {
    return 'unneeded';
  }
  return lastAt ? 'needed' : 'unknown';
}

/** Creates the text about the last need of a scope; null if nothing is known of it. */
export function needText(scope, scopes) {
  switch (needOf(scope, scopes)) {
    case 'needed':
      return el('span', { class: 'quiet small' }, texts.neededWhen, time(lastNeed(scope, scopes), relative));
    case 'unneeded':
      return el('span', { class: 'warn small', title: texts.notNeededText(longDay(firstNeed(scopes))) }, texts.notNeeded(LONG));
    default:
      return null;
  }
}

function lastNeed(scope, scopes) {
  return scopes.find((it) => it.scope === scope)?.lastNeededAt ?? null;
}

function firstNeed(scopes) {
  return scopes
    .map((it) => it.firstNeededAt)
    .filter((it) => it)
    .sort()[0];
}
