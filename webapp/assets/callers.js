/**
 * The callers of a service token: the addresses and clients that used its secrets. A client chooses
 * its own name, so both are only ever shown as text.
 */

import { el, panel } from './dom.js';
import { number, relative, time } from './format.js';
import { isOver } from './status.js';
import { texts } from './texts.js';

/** The number of callers that the API reports at most. */
const REPORTED = 20;
/** The number of callers that a dialog lists. */
const IN_DIALOG = 5;
/** The number of callers that a verdict lists. */
const IN_VERDICT = 3;

/**
 * Returns the callers whose uses were accepted, the latest use first. A caller that used several of
 * the secrets is returned once, with the sum of its uses.
 *
 * @param {{callers?: object[]}} usage
 * @param {...string} secrets `current` or `previous`
 */
export function acceptedCallers(usage, ...secrets) {
  return combined((usage.callers ?? []).filter(({ outcome, secret }) => outcome === 'accepted' && secrets.includes(secret)));
}

/**
 * Combines the callers with the same address and client, which used several secrets. The result has
 * the latest use and the sum of the uses.
 *
 * @param {object[]} callers the latest use first
 */
export function combined(callers) {
  const found = new Map();
  for (const caller of callers) {
    const latest = found.get(keyOf(caller));
    found.set(keyOf(caller), latest ? { ...latest, usesToday: latest.usesToday + caller.usesToday } : caller);
  }
  return [...found.values()];
}

/** Returns the callers that used a secret today. */
export function ofToday(callers) {
  return callers.filter((caller) => caller.usesToday > 0);
}

/** Returns the callers with accepted uses today, of any valid secret. */
export function callersToday(usage) {
  return ofToday(acceptedCallers(usage, 'current', 'previous'));
}

/**
 * Returns the callers that were refused today for a reason.
 *
 * @param {object} token
 * @param {{callers?: object[]}} usage
 * @param {string} why `revoked`, `expired`, `ended` or `address`
 */
export function refusedToday(token, usage, why) {
  return ofToday(combined(refusedOf(usage).filter((caller) => whyRefused(token, caller) === why)));
}

/** Returns a key that two callers have in common if they have the same address and client. */
function keyOf({ address, client }) {
  return JSON.stringify([address, client]);
}

/**
 * Lists callers, each with its address, its client and its uses; null if there are none.
 *
 * @param {string} label the accessible name of the list
 * @param {object[]} callers
 * @param {{most?: number, mark?: function(object): Element, href?: string}} what the number of
 *     callers to list, what follows the uses of a caller, and where the others are listed
 */
function callerList(label, callers, { most = callers.length, mark, href } = {}) {
  const others = callers.length - most;
  return (
    callers.length > 0 &&
    el(
      'ul',
      { class: 'callers', 'aria-label': label },
      callers
        .slice(0, most)
        .map((caller) => el('li', null, addressOf(caller), ' ', clientOf(caller), ' ', el('span', null, usesOf(caller)), ' ', mark?.(caller))),
      others > 0 && el('li', { class: 'quiet' }, href ? el('a', { href }, texts.otherCallers(others, number(others))) : texts.otherCallers(others, number(others))),
    )
  );
}

/** Shows the address of a caller. */
export function addressOf({ address }) {
  return address ? el('code', { class: 'any' }, address) : el('span', { class: 'quiet' }, texts.unknownAddress);
}

/** Shows the client of a caller. Isolates the direction of the text, because the client chose it. */
export function clientOf({ client }) {
  return el('bdi', { class: 'quiet any' }, client ?? texts.unknownProgram);
}

function usesOf({ usesToday, lastUsedAt, outcome }) {
  const last = time(lastUsedAt, relative);
  if (usesToday > 0) {
    return [texts.timesOfToday(usesToday, number(usesToday)), outcome === 'refused' ? texts.andLastRefused : texts.andLast, last];
  }
  return [outcome === 'refused' ? texts.lastRefusedAt : texts.lastUsedBefore, last];
}

/** Names a caller within a sentence, as "10.42.9.31 (curl/8.5.0)". */
export function callerName(caller) {
  return [addressOf(caller), ' (', clientOf(caller), ')'];
}

/** Describes the uses of a caller at the end of a sentence. */
export function callerUses({ usesToday, lastUsedAt }) {
  return [
    usesToday > 0 ? [texts.usesOfToday(usesToday, number(usesToday)), texts.andLast] : texts.lastUsedBefore,
    time(lastUsedAt, relative),
    '.',
  ];
}

/**
 * Lists callers in a dialog: only the latest ones, and the number of the others.
 *
 * @param {string} label
 * @param {object[]} callers
 * @param {function(object): *} [mark] what follows the uses of a caller
 */
export function callersInDialog(label, callers, mark) {
  return callerList(label, callers, { most: mostOf(callers, IN_DIALOG), mark });
}

/** Returns how many callers are listed. A line for one more caller would save no space. */
function mostOf(callers, most) {
  return callers.length > most + 1 ? most : callers.length;
}

/** Lists the callers that a verdict is about, and marks those that use only the old secret. */
export function verdictCallers(label, callers, usage) {
  const href = acceptedCallers(usage, 'previous').length > 0 ? '#secrets' : '#callers';
  return callerList(label, callers, { most: mostOf(callers, IN_VERDICT), mark: oldSecretMark(usage), href });
}

/**
 * Returns a function that marks the callers that have used only the old secret. It returns null if
 * there may be more callers than the API reports, because the mark could be wrong.
 */
function oldSecretMark(usage) {
  const old = new Set(acceptedCallers(usage, 'previous').map(keyOf));
  const updated = new Set(acceptedCallers(usage, 'current').map(keyOf));
  const mark = (caller) =>
    caller.outcome === 'accepted' &&
    old.has(keyOf(caller)) &&
    !updated.has(keyOf(caller)) &&
    el('span', { class: 'warn' }, texts.oldSecretOnly);
  return isCut(usage) ? null : mark;
}

/**
 * Returns a function that tells whether a caller of the old secret has used the new secret as well.
 * It returns false for all callers if there may be more than the API reports.
 */
export function usesNewSecret(usage) {
  const updated = new Set(isCut(usage) ? [] : acceptedCallers(usage, 'current').map(keyOf));
  return (caller) => updated.has(keyOf(caller));
}

/** Lists the callers of the new secret of a rotated token. */
export function callersOfNew(usage) {
  return callerList(texts.callersOfNew, acceptedCallers(usage, 'current'));
}

/** Lists the callers of its old secret. */
export function callersOfOld(usage) {
  return callerList(texts.callersOfOld, acceptedCallers(usage, 'previous'), { mark: oldSecretMark(usage) });
}

/**
 * Shows the callers of a token without an old secret, except those that the verdict lists already;
 * null if there are no others.
 *
 * @param {object} token
 * @param {{callers?: object[]}} usage
 * @param {object[]} listed the callers that the verdict is about
 */
export function callersPanel(token, usage, listed) {
  const refused = refusedRows(token, usage, listed);
  const accepted = acceptedRows(token, usage, listed);
  const rows = isOver(token) ? [...refused, ...accepted] : [...accepted, ...refused];
  if (rows.length === 0) {
    return null;
  }
  const listing = el('ul', { class: 'rows' }, rows, limitRow(usage));
  return Object.assign(panel('callers-heading', texts.callers, el('p', { class: 'quiet small' }, texts.dayInUtc), listing), { id: 'callers' });
}

/** Returns true if there may be more callers than the API reports. */
export function isCut({ callers }) {
  return callers?.length >= REPORTED;
}

/** Creates the row that says that there may be more callers; false if all are known. */
export function limitRow(usage) {
  return isCut(usage) && el('li', { class: 'quiet small' }, texts.mostCallers(REPORTED));
}

function acceptedRows(token, usage, listed) {
  const callers = acceptedCallers(usage, 'current');
  if (areAllIn(listed, callers)) {
    return [];
  }
  if (isOver(token)) {
    return rowOf(token.status === 'revoked' ? texts.usedBeforeRevocation : texts.usedBeforeExpiry, '', callers);
  }
  const today = ofToday(callers).length;
  return rowOf(today > 0 ? texts.allCallers(number(callers.length)) : texts.noUseToday, '', callers);
}

/** Returns true if a shorter list shows all of these callers already. */
function areAllIn(listed, callers) {
  const shown = new Set(listed.slice(0, mostOf(listed, IN_VERDICT)).map((it) => it.outcome + keyOf(it)));
  return callers.every((caller) => shown.has(caller.outcome + keyOf(caller)));
}

function refusedOf(usage) {
  return (usage.callers ?? []).filter((caller) => caller.outcome === 'refused');
}

/**
 * Creates one row of a panel for each reason to refuse callers.
 *
 * @param {object} token
 * @param {{callers?: object[]}} usage
 * @param {object[]} [listed] the callers that the page lists elsewhere
 * @returns {Element[]}
 */
export function refusedRows(token, usage, listed = []) {
  const refused = refusedOf(usage);
  return Object.entries(texts.refusedCallers).flatMap(([why, [heading, text]]) => {
    const callers = combined(refused.filter((caller) => whyRefused(token, caller) === why));
    return areAllIn(listed, callers) ? [] : rowOf(heading, text, callers, texts.refused);
  });
}

/** Returns why the last use of a caller was refused; a key of the texts. */
function whyRefused({ revokedAt, expiresAt }, { secret, lastUsedAt }) {
  if (revokedAt && lastUsedAt >= revokedAt) {
    return 'revoked';
  }
  if (lastUsedAt >= expiresAt) {
    return 'expired';
  }
  return secret === 'ended' ? 'ended' : 'address';
}

/** Creates a row with a list of callers; none without callers. */
function rowOf(heading, text, callers, status) {
  return callers.length === 0
    ? []
    : [
        el(
          'li',
          null,
          el(
            'div',
            { class: 'stack-tight' },
            el('div', { class: 'row' }, el('strong', null, heading), status && el('span', { class: 'status is-alarm' }, status)),
            text && el('p', { class: 'quiet body13' }, text),
            callerList(heading, callers),
          ),
        ),
      ];
}
