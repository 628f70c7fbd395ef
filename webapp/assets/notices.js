/** The notices about one service token: what was sent, to whom, and what failed. */

import { read } from './api.js';
import { el, fill } from './dom.js';
import { minute, number, relative, time } from './format.js';
import { failureNote } from './frame.js';
import { texts } from './texts.js';

const LIMIT = 20;

/**
 * Creates the panel of the notices.
 *
 * @param {string} tokenId
 * @returns {{element: Element, load: function(): Promise<void>}} `load` never fails; the panel shows
 *     a failure itself
 */
export function noticesPanel(tokenId) {
  const body = el('tbody', { role: 'rowgroup' });
  const table = el(
    'table',
    { class: 'table cards', role: 'table' },
    el('caption', { class: 'sr' }, texts.noticesCaption),
    el(
      'thead',
      { role: 'rowgroup' },
      el(
        'tr',
        { role: 'row' },
        [texts.when, texts.notice, texts.deliveries].map((it) => el('th', { role: 'columnheader', scope: 'col' }, it)),
      ),
    ),
    body,
  );
  const empty = el('div');
  const element = el(
    'section',
    { class: 'panel', 'aria-labelledby': 'notices-heading' },
    el(
      'div',
      { class: 'bar' },
      el('h2', { id: 'notices-heading' }, texts.notices),
      el('p', { class: 'quiet small' }, texts.noticesKept(LIMIT)),
    ),
    table,
    empty,
  );
  table.hidden = true;

  async function load() {
    try {
      const { notices } = await read('notices', { tokenId, limit: LIMIT });
      fill(body, notices.map(row));
      table.hidden = notices.length === 0;
      fill(empty, notices.length === 0 && el('p', { class: 'panel-body quiet' }, texts.noNotices));
    } catch (e) {
      fill(empty, failureNote(texts.noticesFailed, e, '', load));
    }
  }

  return { element, load };
}

function row(notice) {
  return el(
    'tr',
    { role: 'row' },
    el('td', { role: 'cell', class: 'when', 'data-label': texts.when }, el('div', null, time(notice.occurredAt, minute))),
    el('th', { role: 'rowheader', scope: 'row' }, noticeName(notice)),
    el('td', { role: 'cell', 'data-label': texts.deliveries }, deliveries(notice.deliveries)),
  );
}

function noticeName({ event, thresholdDays }) {
  if (event === 'token.expiring' && thresholdDays !== null && thresholdDays !== undefined) {
    return texts.noticeExpiring(thresholdDays);
  }
  return texts.noticeEvents[event] ?? event;
}

function deliveries(all) {
  if (all.length === 0) {
    return el('div', { class: 'quiet' }, texts.noRecipient);
  }
  return el('ul', { class: 'stack-tight' }, all.map((one) => el('li', { class: 'any' }, delivery(one))));
}

function delivery({ channel, recipient, state: how, attempts, lastError, nextAttemptAt, endedAt }) {
  const failed = how === 'failed' || (how === 'pending' && lastError);
  return [
    texts.channels[channel] ?? channel,
    ' ',
    el('code', null, recipient),
    ': ',
    el('span', { class: failed ? 'bad' : null }, texts.deliveryStates[how] ?? how),
    how === 'sent' && endedAt && [' ', time(endedAt, relative)],
    attempts > 1 && texts.attempts(number(attempts)),
    how === 'pending' && nextAttemptAt && [texts.nextAttempt, time(nextAttemptAt, relative)],
    failed && lastError && el('span', { class: 'sub' }, texts.lastError(lastError)),
  ];
}
