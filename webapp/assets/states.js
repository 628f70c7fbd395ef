/** States of a page or panel that has nothing else to show, and notes about failures. */

import { button, el, icon, note } from './dom.js';
import { texts } from './texts.js';

const UNAUTHORIZED = 401;
const SERVER_ERROR = 500;
/** The statuses of responses whose message says only that there are violations. */
const WRONG_VALUES = [400, 422];
/** The labels of the controls on the pages, by the fields and parameters of the API. */
const LABELS = new Map([
  ['q', texts.search],
  ['groupEntityRef', texts.group],
  ['createdBy', texts.createdBy],
  ['status', texts.status],
  ['sort', texts.sort],
  ['name', texts.name],
  ['description', texts.description],
  ['scopes', texts.scopes],
]);

/**
 * Creates the state of a page or panel that has nothing else to show: a heading, a sentence and the
 * next steps.
 *
 * @param {"h1"|"h2"|"h3"} level the tag of the heading
 * @param {string} heading
 * @param {string} text
 * @param {...(Node|Node[])} next
 */
export function state(level, heading, text, ...next) {
  return el(
    'div',
    { class: 'state' },
    el(level, null, heading),
    el('p', null, text),
    next.length > 0 && el('div', { class: 'row' }, next),
  );
}

/** Creates a round sign with an icon, for the top of a state. */
export function badge(iconName, kind = '') {
  return el('span', { class: kind ? `badge badge-${kind}` : 'badge' }, icon(iconName));
}

/**
 * Creates a note about a failure, with a button to try again. Returns null if the session ended,
 * because the page reports that in another note.
 *
 * @param {string} heading says which action failed
 * @param {*} failure
 * @param {string} kept says what is still on the screen
 * @param {(function(): void)|null} [again]
 */
export function failureNote(heading, failure, kept, again) {
  if (failure.status === UNAUTHORIZED) {
    return null;
  }
  // The banner about the connection presses it when the server can be reached again.
  const next = again && button(texts.tryAgain, again, { class: 'btn btn-small', 'data-again': failure.status === 0 });
  return note(
    { tone: 'bad', sign: 'alert', role: 'alert', next },
    heading,
    el('p', null, [reason(failure), kept].filter((it) => it).join(' ')),
    reference(failure),
  );
}

/** Shows the request id, by which the operator finds a failure of the server in the log. */
export function reference(failure) {
  return (
    failure.status >= SERVER_ERROR &&
    failure.reference &&
    el('p', { class: 'small quiet' }, texts.reference, el('code', { class: 'any' }, failure.reference), texts.forTheOperator)
  );
}

/** Describes a failure: the server's message, or which values are wrong, and when to try again. */
export function reason(failure) {
  if (failure.status === UNAUTHORIZED) {
    return `${texts.signedOut}.`;
  }
  const wrong = WRONG_VALUES.includes(failure.status) ? failure.violations : [];
  const message = wrong.length > 0 ? texts.wrongValues(wrong.map(violation).join('; ')) : failure.message;
  const said = /[.!?]$/.test(message) ? message : `${message}.`;
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  return failure.retryAfter ? `${text} ${texts.retryIn(failure.retryAfter)}` : text;
}

/** @param {{field: string, message: string}} violation */
function violation({ field, message }) {
  return `${LABELS.get(field) ?? field}: ${message}`;
}
