/** The audit log on the page of a token: short events, grouped by day. */

import { latestLoad, page, read } from './api.js';
import { el, fill } from './dom.js';
import { details, eventBadge, eventName } from './events.js';
import { actor, DAY_MILLIS, number, startOfDay, isoDay, time, timeOfDay } from './format.js';
import { urlState } from './location.js';
import { offsetPager } from './paging.js';
import { failureNote } from './states.js';
import { texts } from './texts.js';

const EVENTS = 20;
const CHANGES = ['updated', 'rotated'];
const NOT_FOUND = 404;

const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long' });
const dayOfAnyYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });

/**
 * Creates the panel of the audit log.
 *
 * @param {string} id of the token
 * @param {string} path of the token's resource
 * @param {{hasLog?: boolean}} [options] `hasLog` is false if the audit log of all tokens does not
 *     contain the events of this token
 * @returns {{element: Element, load: function(): Promise<void>, of: function(object): void, latest:
 *     function(string): object|undefined}} `load` fails only if the token is not found; `of` sets
 *     the token; `latest` returns the latest loaded event of a kind
 */
export function auditTrail(id, path, { hasLog = true } = {}) {
  const url = urlState(['events'], () => load());
  const body = el('div');
  const trouble = el('div');
  const pages = offsetPager(texts.pagesOfEvents, texts.rangeOfEvents, { url, name: 'events', limit: EVENTS, load });
  const all = hasLog && el('a', { class: 'small', href: page('admin/access-tokens/audit', { token: id }) }, texts.allEvents);
  const element = el(
    'section',
    { class: 'panel', id: 'audit', 'aria-labelledby': 'audit-heading' },
    el('div', { class: 'bar' }, el('h2', { id: 'audit-heading' }, texts.auditTrail), all),
    body,
    trouble,
    pages.element,
  );

  const beginLoad = latestLoad();
  let events = [];
  /** The events of the first page, also while another page is shown. */
  let newest = [];
  let token = null;
  let isWhole = false;

  function render() {
    if (!token) {
      return;
    }
    const isUnchanged = isWhole && !events.some((event) => CHANGES.includes(event.event));
    const days = new Map();
    for (const event of events) {
      const day = isoDay(new Date(event.occurredAt));
      days.set(day, [...(days.get(day) ?? []), event]);
    }
    fill(
      body,
      [...days].map(([day, ofDay]) => [
        el('h3', { class: 'day' }, dayName(day)),
        el('ul', { class: 'trail' }, ofDay.map((event) => line(event, isUnchanged ? token : null))),
      ]),
    );
  }

  async function load() {
    const signal = beginLoad();
    const offset = pages.offset();
    try {
      const answer = await read(`${path}/audit`, { limit: EVENTS, offset }, signal);
      trouble.replaceChildren();
      events = answer.events;
      newest = offset === 0 ? events : newest;
      isWhole = answer.events.length === answer.total;
      if (all) {
        all.textContent = texts.allEventsOf(answer.total, number(answer.total));
      }
      pages.element.hidden = isWhole;
      render();
      pages.update(answer.events.length, offset, answer.total);
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      if (e.status === NOT_FOUND) {
        throw e;
      }
      fill(trouble, failureNote(texts.eventsFailed, e, '', load));
    }
  }

  return {
    element,
    load,
    of(what) {
      token = what;
      render();
    },
    latest: (kind) => newest.find((event) => event.event === kind),
  };
}

/** Names a day of the local calendar: "Today November 26", "November 3", "November 12, 2025". */
function dayName(iso) {
  const day = startOfDay(iso);
  const format = day.getFullYear() === new Date().getFullYear() ? dayOfYear : dayOfAnyYear;
  const distance = Math.round((startOfDay(isoDay(new Date())).getTime() - day.getTime()) / DAY_MILLIS);
  const name = [texts.today, texts.yesterday][distance];
  return name ? [name, ' ', el('span', { class: 'quiet' }, format.format(day))] : format.format(day);
}

/** Creates the line of an event. For a token that was never changed, it shows what was created. */
function line(event, token) {
  return el(
    'li',
    { class: 'event event-short' },
    el(
      'div',
      { class: 'line' },
      time(event.occurredAt, timeOfDay, { class: 'c-time quiet' }),
      eventBadge(event),
      el('span', { class: 'what' }, eventName(event)),
      el('div', { class: 'c-detail quiet any' }, event.event === 'created' && token ? createdWith(token) : details(event)),
      el('span', { class: 'c-index any' }, actor(event.actor)),
    ),
  );
}

function createdWith(token) {
  const days = Math.round((Date.parse(token.expiresAt) - Date.parse(token.createdAt)) / DAY_MILLIS);
  return texts.createdFor(days, token.scopes.join(', '));
}
