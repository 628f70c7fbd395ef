/** The first part of a token's page: whether the token can be revoked safely, and why. */

import { acceptedCallers, callersToday, isCut, refusedToday, verdictCallers } from './callers.js';
import { el, icon } from './dom.js';
import { DAY_MILLIS, number, relative } from './format.js';
import { isOver } from './status.js';
import { texts } from './texts.js';

const HOUR_MILLIS = 3600 * 1000;
/** The ages of the last use, in days, that separate the verdicts. */
const RECENT = 30;
const LONG = 90;
/** A token that is younger than this number of days may not be set up yet. */
const YOUNG = 7;

const ICONS = { good: 'check', warn: 'pulse', bad: 'alert', idle: 'clock' };

/**
 * @typedef {object} Verdict
 * @property {'good'|'warn'|'bad'|'idle'} tone
 * @property {string} heading
 * @property {string} text
 * @property {string} [label] the name of the list of callers
 * @property {object[]} callers the callers that the verdict is about, the latest use first
 */

/**
 * Returns the verdict on a token, by its last accepted and its last refused use.
 *
 * @param {object} token
 * @param {{accepted: object, refused: object, callers?: object[], days?: object[]}} usage
 * @param {number} [now] in milliseconds
 * @returns {Verdict}
 */
export function verdictOf(token, usage, now = Date.now()) {
  if (isOver(token)) {
    return ofEnded(token, usage, now);
  }
  const lastAt = lastUseOfValid(token, usage, now);
  if (!lastAt && token.lastUsedAt) {
    return ofNewSecret(token, usage, now);
  }
  const last = lastAt ? now - Date.parse(lastAt) : null;
  if (last !== null && last < DAY_MILLIS) {
    return inUse(token, usage, lastAt, now);
  }
  const refusedAt = usage.refused?.lastAt;
  const tried = refusedAt && now - Date.parse(refusedAt) < RECENT * DAY_MILLIS;
  const days = Math.floor((last ?? now - Date.parse(token.createdAt)) / DAY_MILLIS);
  if (last !== null && days < RECENT) {
    return { tone: 'warn', heading: texts.usedInLastDays(relative(lastAt)), text: texts.usedInLastDaysText, callers: [] };
  }
  if (tried) {
    return { tone: 'warn', heading: texts.unusedButTried(relative(refusedAt)), text: texts.triedText, callers: [] };
  }
  if (last === null) {
    return days < YOUNG
      ? { tone: 'idle', heading: texts.notUsedYet, text: texts.notUsedYetText(days), callers: [] }
      : { tone: 'good', heading: texts.neverUsedSafe, text: texts.neverUsedFor(days, number(days)), callers: [] };
  }
  return days < LONG
    ? { tone: 'good', heading: texts.unusedProbably(number(days)), text: texts.unusedProbablyText, callers: [] }
    : { tone: 'good', heading: texts.unusedSafe(number(days)), text: texts.unusedSafeText, callers: [] };
}

/** Returns true if an earlier secret of the token has ended, and only the new one is valid. */
function hasEndedSecret({ createdAt, secretCreatedAt, previousSecret }) {
  return secretCreatedAt > createdAt && !previousSecret;
}

/**
 * Returns the last use of a secret that is still valid; null if there was none. The token's last use
 * may be one of a secret that has ended, whose callers are refused now.
 *
 * @param {object} token
 * @param {{callers?: object[]}} usage
 * @param {number} [now] in milliseconds
 * @returns {string|null}
 */
export function lastUseOfValid(token, usage, now = Date.now()) {
  const { lastUsedAt, secretCreatedAt } = token;
  if (!lastUsedAt || !hasEndedSecret(token)) {
    return lastUsedAt;
  }
  const [latest] = acceptedCallers(usage, 'current');
  if (latest) {
    return latest.lastUsedAt;
  }
  // Callers are listed for some time after their last use, unless the service records none.
  const isListed = usage.callers?.length > 0 && now - Date.parse(lastUsedAt) < RECENT * DAY_MILLIS;
  return lastUsedAt >= secretCreatedAt && !isListed ? lastUsedAt : null;
}

/**
 * Returns the verdict on a rotated token whose old secret has ended, and whose new one was not used.
 *
 * @returns {Verdict}
 */
function ofNewSecret(token, usage, now) {
  const since = Math.floor((now - Date.parse(token.secretCreatedAt)) / DAY_MILLIS);
  const refusedAt = usage.refused?.lastAt;
  if (usage.refused?.endedSecret > 0 && refusedAt >= token.secretCreatedAt && now - Date.parse(refusedAt) < RECENT * DAY_MILLIS) {
    const callers = refusedToday(token, usage, 'ended');
    return {
      tone: 'bad',
      heading: callers.length > 0 ? texts.endedTriedBy(callers.length, number(callers.length)) : texts.endedTried(relative(refusedAt)),
      text: texts.endedTriedText,
      label: texts.refusedCallers.ended[0],
      callers,
    };
  }
  return since < RECENT
    ? { tone: 'idle', heading: texts.newSecretUnused(relative(token.secretCreatedAt)), text: texts.newSecretUnusedText, callers: [] }
    : { tone: 'good', heading: texts.newSecretUnusedFor(number(since)), text: texts.unusedSafeText, callers: [] };
}

/** @returns {Verdict} */
function inUse(token, usage, lastAt, now) {
  const callers = callersToday(usage);
  // The uses of the day include those of a secret that has ended today.
  const ofValid = hasEndedSecret(token) && callers.length > 0 && !isCut(usage);
  const uses = ofValid ? callers.reduce((sum, it) => sum + it.usesToday, 0) : (usage.days?.at(-1)?.accepted ?? 0);
  const refused = refusedToday(token, usage, 'ended').length;
  const addresses = isCut(usage) ? 0 : new Set(callers.map((it) => it.address).filter((it) => it)).size;
  return {
    tone: 'warn',
    heading: now - Date.parse(lastAt) < HOUR_MILLIS ? texts.inUseNow : texts.inUseLately(relative(lastAt)),
    text: [
      uses > 0 ? texts.usesFrom(uses, number(uses), addresses) : texts.noUseSinceMidnight,
      texts.revocationRefuses(callers.length),
      refused > 0 && texts.refusedAlready(refused, number(refused)),
    ]
      .filter((it) => it)
      .join(' '),
    label: texts.callersToday(callers.length, number(callers.length)),
    callers,
  };
}

/**
 * Returns the verdict on a token that has ended: whether callers still try to use it.
 *
 * @returns {Verdict}
 */
function ofEnded(token, usage, now) {
  const end = token.status === 'revoked' ? token.revokedAt : token.expiresAt;
  const isExpired = token.status === 'expired';
  const { lastAt } = usage.refused ?? {};
  if (!lastAt || lastAt < end) {
    return {
      tone: 'good',
      heading: isExpired ? texts.expiredUntried : texts.revokedUntried,
      text: isExpired ? texts.expiredUntriedText : texts.revokedUntriedText,
      callers: [],
    };
  }
  if (now - Date.parse(lastAt) >= DAY_MILLIS) {
    return { tone: 'idle', heading: texts.lastTried(relative(lastAt)), text: texts.lastTriedText, callers: [] };
  }
  const callers = refusedToday(token, usage, token.status);
  const count = usage.days?.at(-1)?.refused ?? 0;
  return {
    tone: 'bad',
    heading: callers.length > 0 ? texts.stillTriedBy(callers.length, number(callers.length)) : texts.stillTried,
    text: [
      count > 0 ? texts.refusedToday(count, number(count)) : texts.refusedLately(relative(lastAt)),
      isExpired ? texts.callersNeedValid : texts.removeThere,
    ].join(' '),
    label: texts.refusedCallers[isExpired ? 'expired' : 'revoked'][0],
    callers,
  };
}

/**
 * Shows a verdict beside the facts that it rests on.
 *
 * @param {Verdict} verdict
 * @param {object} usage
 * @param {(Element|null)[]} facts
 */
export function verdictPanel(verdict, usage, facts) {
  return el(
    'section',
    { class: 'verdict', 'aria-labelledby': 'verdict-heading' },
    el(
      'div',
      { class: 'answer' },
      el('span', { class: `badge badge-${verdict.tone}` }, icon(ICONS[verdict.tone])),
      el(
        'div',
        null,
        el('h2', { id: 'verdict-heading' }, verdict.heading),
        el('p', { class: 'quiet' }, verdict.text),
        verdictCallers(verdict.label, verdict.callers, usage),
      ),
    ),
    el('dl', { class: 'facts' }, facts),
  );
}

/**
 * Creates a fact: a label, a value in bold, and its explanation.
 *
 * @param {string} label
 * @param {Node|string} value
 * @param {...(Node|string|Array|null|false)} more
 */
export function fact(label, value, ...more) {
  const shown = more.flat(Infinity).some((it) => it);
  return el(
    'div',
    null,
    el('dt', null, label),
    el('dd', null, el('span', { class: 'big' }, value), shown && [' ', el('span', { class: 'sub' }, more)]),
  );
}
