/** When verifiers last needed the scopes of a token, as far as they named them. */

import { el } from './dom.js';
import { DAY_MILLIS, longDay, relative, time } from './format.js';
import { texts } from './texts.js';

/** The page says of a scope that it is not needed only after this number of days. */
const LONG = 90;
/** A verifier that named a scope within this number of days still names scopes. */
const STILL = 7;

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
  const own = scopes.find((it) => it.scope === scope);
  if (own && stillNamed(scopes, now).length > 0 && !(age(own.lastNeededAt, now) < LONG)) {
    return 'unneeded';
  }
  return own?.lastNeededAt ? 'needed' : 'unknown';
}

/** Creates the text about the last need of a scope; null if nothing is known of it. */
export function needText(scope, scopes) {
  switch (needOf(scope, scopes)) {
    case 'needed':
      return el('span', { class: 'quiet small' }, texts.neededWhen, time(lastNeed(scope, scopes), relative));
    case 'unneeded':
      return el('span', { class: 'warn small', title: texts.notNeededText(longDay(firstNeed(stillNamed(scopes, Date.now())))) }, texts.notNeeded(LONG));
    default:
      return null;
  }
}

/** Returns the scopes that verifiers have named for a long time, and still name. */
function stillNamed(scopes, now) {
  return scopes.filter((it) => age(it.firstNeededAt, now) >= LONG && age(it.lastNeededAt, now) < STILL);
}

/** Returns the age of an instant in days; NaN if there is no instant. */
function age(instant, now) {
  return instant ? (now - Date.parse(instant)) / DAY_MILLIS : Number.NaN;
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
