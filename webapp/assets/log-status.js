/** The state of the transparency log: what was verified, and what is wrong. */

import { callAddress, read } from './api.js';
import { el, fill, note } from './dom.js';
import { minute, number, time } from './format.js';
import { texts } from './texts.js';

const LOG_READ = 'access-tokens:log:read';
const NOT_FOUND = 404;

/**
 * Creates the part of a page that shows the state of the log. It is empty for a user who may not
 * read the log, and in a service without a log.
 *
 * @param {import('./session.js').Session} session
 * @param {{onlyTrouble?: boolean}} [options] `onlyTrouble` shows nothing if nothing is wrong
 * @returns {{element: Element, load: function(): Promise<void>}}
 */
export function logStatus(session, { onlyTrouble = false } = {}) {
  const element = el('div', { class: 'stack log-status' });
  const isReader = session.permissions.has(LOG_READ);
  if (isReader && !onlyTrouble) {
    // Keeps the space of the state, so that the page does not move when it arrives.
    const space = verified({ verifiedSize: 1000, verifiedAt: new Date().toISOString(), archivedUntil: null });
    space.classList.add('space');
    fill(element, space);
  }

  async function load() {
    if (!isReader) {
      return;
    }
    try {
      const status = await read('log/status');
      fill(element, troubles(status), !onlyTrouble && verified(status));
    } catch (e) {
      // A log that cannot be read is not shown as verified.
      fill(element, e.status !== NOT_FOUND && el('p', { class: 'quiet small' }, texts.logUnknown));
    }
  }

  return { element, load };
}

/** Shows what is wrong, and what to do. */
function troubles({ damage, late, waiting, waitingIsLowerBound, lagSeconds, witnesses = [] }) {
  const count = waitingIsLowerBound ? texts.orMore(number(waiting)) : number(waiting);
  return [
    damage && trouble(texts.logDamaged, el('code', { class: 'any' }, damage), texts.logDamagedText),
    ...witnesses
      .filter(({ forked }) => forked)
      .map(({ name, problem }) => trouble(texts.logForked(name), el('code', { class: 'any' }, problem), texts.logForkedText)),
    late && !damage && trouble(texts.logLate(count, Math.floor(lagSeconds / 60)), null, texts.logLateText),
  ];
}

function trouble(heading, detail, text) {
  return note({ tone: 'bad', sign: 'alert', role: 'alert' }, heading, detail && el('p', null, detail), el('p', null, text));
}

/** Shows up to which event this service has verified the log, with the files for an auditor. */
function verified({ verifiedSize, verifiedAt, firstIndex = 0, archivedUntil }) {
  return el(
    'p',
    { class: 'row body13' },
    verifiedAt ? el('span', null, texts.logVerified(number(verifiedSize), verifiedSize), ' ', time(verifiedAt, minute)) : texts.logNotVerified,
    firstIndex > 0 && el('span', null, texts.logArchived(number(firstIndex)), ' ', time(archivedUntil, minute), '.'),
    el(
      'span',
      { class: 'push row' },
      download('log/checkpoint', 'checkpoint', texts.logCheckpoint),
      download('log/key', 'access-tokens.vkey', texts.logKey),
    ),
  );
}

function download(path, name, text) {
  return el('a', { class: 'btn btn-small', href: callAddress(path), download: name }, text);
}

/**
 * Returns the link to the proof of an event; false if the event is not in the log, or if only the
 * user of a personal token can read its proof.
 */
export function proofLink({ id, tokenId, logIndex, userEntityRef }) {
  return logIndex !== null && logIndex !== undefined && !userEntityRef && download(`service/${tokenId}/audit/${id}/proof`, `${id}.tlog-proof`, texts.logProof);
}
