/** Shows a status by a shape and a word. */

import { button, el } from './dom.js';
import { minute } from './format.js';
import { texts } from './texts.js';

export function chip(status) {
  return el('span', { class: `chip chip-${status}` }, texts.statuses[status] ?? status);
}

/**
 * Shows what follows from a status: a token with an old secret leads to its secrets, and one that
 * expires soon leads to a rotation.
 *
 * @param {object} token
 * @param {string} nameId the id of the element with the token's name
 * @param {{toSecrets: function(string, object): Element, onRotate: function()|null}} what
 *     `toSecrets` creates a link or button from a text and attributes; `onRotate` is null if the
 *     user may not rotate the token
 */
export function nextStep(token, nameId, { toSecrets, onRotate }) {
  const attributes = { class: 'next', 'aria-describedby': nameId };
  if (token.previousSecret) {
    return toSecrets(texts.rotating, { ...attributes, title: texts.rotatingUntil(minute(token.previousSecret.expiresAt)) });
  }
  return token.status === 'expiring' && onRotate && button(texts.rotate, onRotate, attributes);
}
