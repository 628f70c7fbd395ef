/** The notices about one service token: what was sent, to whom, and what failed. */

import { read } from './api.js';
import { el, fill, panel } from './dom.js';
import { minute, number, relative, time } from './format.js';
import { failureNote } from './states.js';
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
  const rows = el('ul', { class: 'rows rows-tight body13', 'aria-label': texts.noticesCaption });
  const empty = el('div');
  const kept = el('p', { class: 'quiet small' }, texts.noticesKept(LIMIT));
  const element = panel('notices-heading', texts.notices, kept, rows, empty);

  async function load() {
    try {
      const { notices } = await read('notices', { tokenId, limit: LIMIT });
      fill(rows, notices.map(row));
      rows.hidden = notices.length === 0;
      kept.hidden = notices.length < LIMIT;
      fill(empty, notices.length === 0 && el('p', { class: 'panel-body quiet body13' }, texts.noNotices));
    } catch (e) {
      rows.hidden = true;
      fill(empty, failureNote(texts.noticesFailed, e, '', load));
    }
  }

  return { element, load };
}

function row(notice) {
  return el(
    'li',
    { class: 'stack-tight' },
    el(
      'div',
      { class: 'row spread' },
      el('strong', null, noticeName(notice)),
      el('span', { class: 'quiet small' }, time(notice.occurredAt, minute)),
    ),
    endedSecret(notice.endedSecret),
    deliveries(notice.deliveries),
  );
}

function noticeName({ event, thresholdDays }) {
  if (event === 'token.expiring' && thresholdDays !== null && thresholdDays !== undefined) {
    return texts.noticeExpiring(thresholdDays);
  }
  return texts.noticeEvents[event] ?? event;
}

/** Shows which ended secret was used, and from where. */
function endedSecret(use) {
  return (
    use &&
    el('p', { class: 'quiet small' }, el('code', null, use.tokenPrefix), use.address && [` ${texts.from} `, el('code', { class: 'any' }, use.address)])
  );
}

function deliveries(all) {
  if (all.length === 0) {
    return el('p', { class: 'quiet small' }, texts.noRecipient);
  }
  return el('ul', { class: 'stack-tight small' }, all.map((one) => el('li', { class: 'any' }, delivery(one))));
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
    // A delivery waits longer than planned while its endpoint is slow or reports an overload.
    how === 'pending' && nextAttemptAt && [texts.nextAttempt(Date.parse(nextAttemptAt) <= Date.now()), time(nextAttemptAt, relative)],
    failed && lastError && el('p', { class: 'quiet small' }, texts.lastError(lastError)),
  ];
}
