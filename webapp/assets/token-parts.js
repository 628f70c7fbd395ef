/** The parts that the page of a service token and the page of a personal token share. */

import { read, ROOT } from './api.js';
import { copyable } from './copyable.js';
import { el, fill, note, panel } from './dom.js';
import { actor, minute, time } from './format.js';
import { main } from './frame.js';
import { failureNote } from './states.js';
import { texts } from './texts.js';

const NOT_FOUND = 404;
/** The number of scopes that are shown without scrolling. */
const FEW = 20;

/** The id of the token, from the address of the page. */
export const ID = decodeURIComponent(location.pathname.slice(ROOT.pathname.length).split('/').at(-1));

/** Returns the element that gets the focus after a change. */
export function heading() {
  return main().querySelector('h1');
}

/**
 * Loads the descriptions of scopes by their ids; none if they cannot be loaded.
 *
 * @param {string} path of the scopes
 * @returns {Promise<Map<string, string>>}
 */
export function scopeDescriptions(path) {
  return read(path).then(
    ({ scopes }) => new Map(scopes.map((scope) => [scope.id, scope.description])),
    () => new Map(),
  );
}

/**
 * Shows why the token was not loaded. The failure of a load that was aborted is ignored.
 *
 * @param {*} failure
 * @param {Element} trouble shows the failure
 * @param {Element} missing is shown in place of the page if there is no such token
 * @param {function(): void} again loads the token again
 */
export function showFailure(failure, trouble, missing, again) {
  if (failure.name === 'AbortError') {
    return;
  }
  if (failure.status === NOT_FOUND) {
    fill(main(), el('section', { class: 'panel' }, missing));
  } else {
    fill(trouble, failureNote(texts.tokenFailed, failure, '', again));
  }
}

/** Scrolls to the target of the address's fragment, which exists only after the first rendering. */
export function scrollToFragment() {
  if (location.hash) {
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }
}

/**
 * Shows when, by whom and why a token was revoked.
 *
 * @param {object} token
 * @param {object|null|undefined} event the event of the revocation, if it is known
 * @param {[string, string]} words the texts before the time and before the user
 */
export function revokedNote(token, event, [on, by]) {
  return note(
    { sign: 'ban' },
    [on, time(token.revokedAt, minute), by, actor(token.revokedBy)],
    event?.metadata?.reason && el('p', { class: 'any', dir: 'auto' }, texts.quoted(event.metadata.reason)),
  );
}

/**
 * Returns the reasons for which uses were refused since the token was created, with their numbers.
 *
 * @returns {[string, number][]}
 */
export function refusalReasons({ revoked, expired, endedSecret, address }) {
  /** @type {[string, number][]} */
  const all = [
    [texts.afterRevocation, revoked],
    [texts.afterExpiry, expired],
    [texts.afterSecretEnd, endedSecret],
    [texts.fromRefusedAddress, address],
  ];
  return all.filter(([, count]) => count > 0);
}

/**
 * Lists scopes with their descriptions.
 *
 * @param {string[]} scopes
 * @param {Map<string, string>} descriptions
 * @param {function(string): Element} show shows the id of a scope
 */
export function scopeList(scopes, descriptions, show) {
  const isLong = scopes.length > FEW;
  return el(
    'ul',
    { class: isLong ? 'rows rows-tight body13 rows-scroll rows-tall' : 'rows rows-tight body13', 'aria-label': texts.scopesCaption, tabindex: isLong ? 0 : null },
    scopes.map((scope) => {
      const description = descriptions.get(scope);
      return el('li', { class: 'stack-tight' }, show(scope), description && el('p', { class: 'quiet small any' }, description));
    }),
  );
}

/**
 * Creates the panel of the details, which can be copied.
 *
 * @param {object} token
 * @param {string} prefix of its secret
 * @param {string} [subject]
 */
export function detailsPanel(token, prefix, subject) {
  const copied = (label, value) => pair(label, copyable(value, label));
  return panel(
    'details-heading',
    texts.tokenDetails,
    null,
    el(
      'dl',
      { class: 'panel-body pairs' },
      copied(texts.tokenId, token.id),
      copied(texts.prefix, prefix),
      subject && copied(texts.subject, subject),
      token.secretCreatedAt > token.createdAt && pair(texts.secretSince, time(token.secretCreatedAt, minute)),
    ),
  );
}

function pair(label, value) {
  return [el('dt', null, label), el('dd', null, value)];
}
