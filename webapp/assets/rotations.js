/**
 * The parts of the overview about ended tokens and secrets that are still used, about tokens whose
 * old secret is valid, and about the tokens of users who have left.
 */

import { page, tokenPage } from './api.js';
import { addressOf, clientOf, combined } from './callers.js';
import { button, el, linkButton, panel } from './dom.js';
import { actor, group, number, relative, shortRef, time } from './format.js';
import { texts } from './texts.js';

const CALLERS = 3;
/** Number of tokens that are shown at first. */
const FEW = 4;

/** Shows the name of a token, which leads to its page, and its group. */
export function nameAndGroup(token, id, fragment = '') {
  return [
    el('div', { class: 'name' }, el('a', { class: 'clip', id, title: token.name, href: tokenPage(token.id, fragment) }, token.name)),
    el('span', { class: 'sub' }, group(token)),
  ];
}

/**
 * Creates a table of an overview's panel; on a narrow screen, its rows are blocks.
 *
 * @param {string} caption
 * @param {string[]} headings the last column has none
 * @param {Element[]} rows
 */
export function smallTable(caption, headings, rows) {
  return el(
    'table',
    { class: 'table stackable' },
    el('caption', { class: 'sr' }, caption),
    el('thead', null, el('tr', null, headings.map((it) => el('th', { scope: 'col' }, it)), el('td'))),
    el('tbody', null, rows),
  );
}

/**
 * Shows the tokens that are used although they have ended, or with an ended secret; null if there
 * are none.
 *
 * @param {{tokens: object[], more: boolean}} usedAfterEnd the member of the overview
 */
export function endedUsePanel({ tokens, more }) {
  if (tokens.length === 0) {
    return null;
  }
  const shown = panel(
    'ended-heading',
    texts.endedHeading,
    [el('span', { class: 'quiet small' }, more ? texts.moreThan(number(tokens.length)) : texts.countTokens(tokens.length))],
    el('p', { class: 'panel-note quiet small' }, texts.endedIntroduction),
    el('ul', { class: 'rows body13' }, tokens.map(endedUse)),
  );
  foldRows(shown.querySelector('.rows'));
  return shown;
}

/** Replaces all but the first rows of a list by a button that shows them. */
function foldRows(list) {
  const rest = [...list.children].slice(FEW);
  if (rest.length > 1) {
    const showAll = () => {
      last.replaceWith(...rest);
      rest[0].querySelector('a').focus();
    };
    const last = el('li', null, button(texts.showMore(rest.length), showAll, { class: 'btn btn-small' }));
    list.replaceChildren(...[...list.children].slice(0, FEW), last);
  }
}

function endedUse({ token, reason, usesToday, callers: uses }) {
  const callers = combined(uses);
  const others = callers.length - CALLERS;
  const last = callers[0];
  return el(
    'li',
    { class: 'stack-tight' },
    el(
      'div',
      { class: 'row spread' },
      el('a', { class: 'any', href: tokenPage(token.id) }, token.name),
      usesToday > 0
        ? el('span', { class: 'status is-alarm' }, texts.refusedCountToday(number(usesToday)))
        : el('span', { class: 'quiet' }, texts.lastRefusedAt, time(last.lastUsedAt, relative)),
    ),
    el('p', { class: 'quiet small' }, whyEnded(token, reason)),
    el(
      'ul',
      { class: 'callers', 'aria-label': texts.callers },
      callers.slice(0, CALLERS).map((caller) => el('li', null, addressOf(caller), ' ', clientOf(caller))),
      others > 0 && el('li', { class: 'quiet' }, texts.otherCallers(others, number(others))),
    ),
  );
}

function whyEnded(token, reason) {
  switch (reason) {
    case 'revoked':
      return [texts.revokedWhen, time(token.revokedAt, relative), texts.byActor, actor(token.revokedBy)];
    case 'expired':
      return [texts.expiredWhen, time(token.expiresAt, relative)];
    default:
      return [texts.endedSecretOf, time(token.secretCreatedAt, relative)];
  }
}

/**
 * Shows the tokens whose old secret is still valid; null if there are none.
 *
 * @param {{tokens: object[], more: boolean}} inGracePeriod the member of the overview
 */
export function rotatingPanel({ tokens, more }) {
  if (tokens.length === 0) {
    return null;
  }
  return panel(
    'rotating-heading',
    texts.rotatingHeading,
    [more && el('a', { class: 'small', href: page('admin/access-tokens/audit', { event: 'rotated' }) }, texts.allRotations)],
    smallTable(
      texts.rotatingCaption,
      [texts.name, texts.oldSecretEnds, texts.oldSecretUsed],
      tokens.map((token) =>
        el(
          'tr',
          { 'data-id': token.id },
          el('th', { scope: 'row' }, nameAndGroup(token, `r-${token.id}`, '#secrets')),
          el('td', { 'data-label': texts.ends }, time(token.previousSecret.expiresAt, relative)),
          el('td', null, usesToday(token.previousSecret)),
          el(
            'td',
            { class: 'fit mid at-end' },
            linkButton(texts.open, tokenPage(token.id, '#secrets'), { class: 'btn btn-small', 'aria-describedby': `r-${token.id}` }),
          ),
        ),
      ),
    ),
  );
}

function usesToday({ usesToday: count, lastUsedAt, lastUsedAddress }) {
  if (count === 0) {
    return el('span', { class: 'good' }, lastUsedAt ? texts.notToday : texts.notSinceRotation);
  }
  return [texts.timesToday(count, number(count)), lastUsedAddress && el('span', { class: 'sub any' }, texts.from, ' ', lastUsedAddress)];
}

/**
 * Shows the users who have left and whose tokens are valid; null if there are none.
 *
 * @param {{users: {userEntityRef: string, tokens: number}[], more: boolean}} leftCreators the member
 *     of the overview
 */
export function leftPanel({ users, more }) {
  if (users.length === 0) {
    return null;
  }
  return panel(
    'left-heading',
    texts.leftHeading,
    [more && el('span', { class: 'quiet small' }, texts.orMore(number(users.length)))],
    smallTable(
      texts.leftCaption,
      [texts.createdBy, texts.validTokens],
      users.map(({ userEntityRef, tokens }) =>
        el(
          'tr',
          null,
          el('th', { scope: 'row', class: 'any mid', title: userEntityRef }, shortRef(userEntityRef)),
          el('td', { class: 'mid' }, texts.countTokens(tokens)),
          el(
            'td',
            { class: 'fit mid at-end' },
            linkButton(texts.reviewTokens(tokens), page('admin/access-tokens', { createdBy: userEntityRef }), { class: 'btn btn-small', 'aria-label': texts.reviewTokensOf(tokens, shortRef(userEntityRef)) }),
          ),
        ),
      ),
    ),
  );
}
