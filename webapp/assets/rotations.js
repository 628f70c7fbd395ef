/**
 * The parts of the overview about rotations: tokens whose old secret is valid, and ended secrets that
 * are still used. The audit log names the tokens, because no list has a filter for them.
 */

import { page, read, tokenPage } from './api.js';
import { el } from './dom.js';
import { DAY_MILLIS, group, isoDay, number, relative, time } from './format.js';
import { texts } from './texts.js';

const EVENTS = 100;
const SHOWN = 6;
const DAYS = 7;

/**
 * Reads what the panels show.
 *
 * @returns {Promise<{rotating: object[], mayBeMore: boolean, used: object[], usedFrom: string}>}
 *     tokens, the one whose old secret ends first at the top; and the latest event of each token
 *     whose ended secret was used
 */
export async function readRotations() {
  const from = new Date(Date.now() - DAYS * DAY_MILLIS);
  const [rotated, used] = await Promise.all([
    read('service/audit', { event: 'rotated', limit: EVENTS }),
    read('service/audit', { event: 'ended-secret-used', from: from.toISOString(), limit: EVENTS }),
  ]);
  const now = new Date().toISOString();
  // A repeated rotation has no end of its own, so the rotation before it counts.
  const candidates = latest(rotated.events.filter(({ metadata }) => metadata.previousSecretExpiresAt)).filter(
    ({ metadata }) => metadata.previousSecretExpiresAt > now && Number(metadata.gracePeriodSeconds) > 0,
  );
  candidates.sort((one, other) => one.metadata.previousSecretExpiresAt.localeCompare(other.metadata.previousSecretExpiresAt));
  const tokens = await Promise.all(
    candidates.slice(0, SHOWN).map((event) => read(`service/${encodeURIComponent(event.tokenId)}`).catch(() => null)),
  );
  return {
    rotating: tokens.filter((token) => token?.previousSecret),
    mayBeMore: candidates.length > SHOWN,
    used: latest(used.events),
    usedFrom: isoDay(from),
  };
}

/** Returns the newest event of each token. */
function latest(events) {
  return [...new Map(events.toReversed().map((event) => [event.tokenId, event])).values()].toReversed();
}

/** Shows the tokens whose old secret is still valid; null if there are none. */
export function rotatingPanel({ rotating, mayBeMore }) {
  if (rotating.length === 0) {
    return null;
  }
  return el(
    'section',
    { class: 'panel', 'aria-labelledby': 'rotating-heading' },
    el(
      'div',
      { class: 'bar' },
      el('h2', { id: 'rotating-heading' }, texts.rotatingHeading),
      mayBeMore && el('a', { class: 'small', href: page('admin/access-tokens/audit', { event: 'rotated' }) }, texts.allRotations),
    ),
    el(
      'table',
      { class: 'table' },
      el('caption', { class: 'sr' }, texts.rotatingCaption),
      el(
        'thead',
        null,
        el('tr', null, [texts.name, texts.oldSecretEnds, texts.oldSecretUsed].map((it) => el('th', { scope: 'col' }, it))),
      ),
      el(
        'tbody',
        null,
        rotating.map((token) =>
          el(
            'tr',
            null,
            el('th', { scope: 'row' }, nameLink(tokenPage(token.id, '#secrets'), token.name), el('span', { class: 'sub' }, group(token))),
            el('td', null, time(token.previousSecret.expiresAt, relative)),
            el('td', null, usesToday(token.previousSecret)),
          ),
        ),
      ),
    ),
  );
}

function usesToday({ usesToday: count, lastUsedAt, lastUsedAddress }) {
  if (count === 0) {
    return lastUsedAt ? texts.notToday : texts.notSinceRotation;
  }
  return [texts.timesToday(count, number(count)), lastUsedAddress && el('span', { class: 'sub any' }, texts.from, ' ', lastUsedAddress)];
}

/** Shows the tokens whose ended secrets are still used; null if there are none. */
export function endedUsePanel({ used, usedFrom }) {
  if (used.length === 0) {
    return null;
  }
  const href = page('admin/access-tokens/audit', { event: 'ended-secret-used', from: usedFrom });
  return el(
    'section',
    { class: 'panel', 'aria-labelledby': 'ended-heading' },
    el(
      'div',
      { class: 'bar' },
      el('h2', { id: 'ended-heading' }, texts.endedHeading),
      el('a', { class: 'small', href }, texts.countTokens(used.length === EVENTS ? texts.moreThan(number(EVENTS)) : used.length)),
    ),
    el(
      'table',
      { class: 'table' },
      el('caption', { class: 'sr' }, texts.endedCaption(DAYS)),
      el('thead', null, el('tr', null, [texts.name, texts.lastRefused].map((it) => el('th', { scope: 'col' }, it)))),
      el(
        'tbody',
        null,
        used.slice(0, SHOWN).map((event) =>
          el(
            'tr',
            null,
            el(
              'th',
              { scope: 'row' },
              nameLink(tokenPage(event.tokenId), event.tokenName ?? event.tokenId),
              el('code', { class: 'sub' }, event.metadata.tokenPrefix),
            ),
            el(
              'td',
              null,
              time(event.occurredAt, relative),
              event.metadata.address && el('span', { class: 'sub any' }, texts.from, ' ', event.metadata.address),
            ),
          ),
        ),
      ),
    ),
  );
}

function nameLink(href, name) {
  return el('span', { class: 'name' }, el('a', { class: 'any', href }, name));
}
