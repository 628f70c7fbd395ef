/** The secrets of a rotated token, and the dialog that ends the old one. */

import { read, write } from './api.js';
import { announce, button, el } from './dom.js';
import { minute, relative, time } from './format.js';
import { openReasoned } from './revoke.js';
import { usesOf } from './rotate.js';
import { texts } from './texts.js';

const NOT_FOUND = 404;

/**
 * Shows both secrets of a token that has an old secret.
 *
 * @param {object} token
 * @param {{lastAddress: string|null}} accepted the accepted uses of the token
 * @param {Element|null} action the button that ends the old secret
 */
export function secretsPanel(token, accepted, action) {
  const { previousSecret } = token;
  return el(
    'section',
    { class: 'panel', id: 'secrets', 'aria-labelledby': 'secrets-heading' },
    el(
      'div',
      { class: 'bar' },
      el('h2', { id: 'secrets-heading' }, texts.secrets),
      el('p', { class: 'quiet small' }, texts.twoValidUntil, time(previousSecret.expiresAt, minute)),
    ),
    el('ul', { class: 'rows' }, el('li', null, newSecret(token, accepted)), el('li', null, oldSecret(previousSecret), action)),
  );
}

function newSecret(token, accepted) {
  return el(
    'div',
    { class: 'stack-tight' },
    el('div', { class: 'row' }, el('strong', null, texts.newSecret), el('code', null, token.tokenPrefix ?? token.prefix)),
    el('p', { class: 'quiet' }, texts.createdAt, time(token.secretCreatedAt, relative), texts.expiresAt, time(token.expiresAt, minute), '.'),
    el('p', null, usesOfNew(token, accepted)),
  );
}

/**
 * Describes the last use of the new secret. The API reports the last use of the token and of its old
 * secret; the later one of them shows which secret was used last.
 */
function usesOfNew(token, accepted) {
  const { lastUsedAt, secretCreatedAt, previousSecret } = token;
  if (!lastUsedAt || lastUsedAt < secretCreatedAt) {
    return texts.newUnused;
  }
  if (previousSecret.lastUsedAt && lastUsedAt <= previousSecret.lastUsedAt) {
    return texts.oldUsedLast;
  }
  return [
    texts.lastUsedAt,
    time(lastUsedAt, relative),
    accepted?.lastAddress && [` ${texts.from} `, el('code', { class: 'any' }, accepted.lastAddress)],
    '.',
  ];
}

function oldSecret(previous) {
  return el(
    'div',
    { class: 'stack-tight' },
    el(
      'div',
      { class: 'row' },
      el('strong', null, texts.oldSecret),
      el('code', null, previous.tokenPrefix),
      el('span', { class: 'chip chip-expiring' }, texts.endsIn(relative(previous.expiresAt))),
    ),
    el('p', { class: 'quiet' }, texts.validUntil, time(previous.expiresAt, minute), '.'),
    el('p', null, usesOf(previous)),
  );
}

/**
 * Opens the dialog that ends the old secret.
 *
 * @param {{token: object, path: string}} subject
 * @param {{onEnded: function(string), focusAfter?: function(): Element}} what `onEnded` receives the
 *     prefix of the old secret
 */
export function openEndOld({ token, path }, { onEnded, focusAfter }) {
  const { previousSecret } = token;
  const isUsedToday = previousSecret.usesToday > 0;
  openReasoned({
    title: texts.endOldTitle(token.name),
    slim: true,
    about: [
      el('div', { class: 'inset stack' }, newSecret(token, null), oldSecret(previousSecret)),
      isUsedToday &&
        el('div', { class: 'note' }, el('strong', null, texts.inUseToday), el('p', null, texts.oldInUse)),
    ],
    hint: texts.reasonHintOwn,
    final: texts.finalOld,
    submit: texts.endOldNow,
    optional: true,
    send: (text, signal) => write('DELETE', `${path}/previous-secret`, text ? { reason: text } : {}, {}, signal),
    check: async () => {
      const now = await read(path);
      return now.previousSecret?.tokenPrefix === previousSecret.tokenPrefix ? { text: texts.oldStillValid } : { answer: {} };
    },
    done() {
      announce(texts.oldEnded(previousSecret.tokenPrefix));
      onEnded(previousSecret.tokenPrefix);
    },
    endedStatus: NOT_FOUND,
    endedBefore: texts.oldEndedBefore,
    unanswered: texts.maybeEnded,
    onRevoked: () => onEnded(previousSecret.tokenPrefix),
    focusAfter,
  });
}

/** Creates the button that opens the dialog. */
export function endOldButton(onClick, attributes) {
  return button(texts.endOldNow, onClick, { class: 'btn btn-danger', ...attributes });
}
