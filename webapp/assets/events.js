/** Formats audit events as text. */

import { el } from './dom.js';
import { actor, minute, time } from './format.js';
import { texts } from './texts.js';

/** Returns the name of an event. */
export function eventName(event) {
  return texts.events[event.event] ?? event.event;
}

/** Returns further details of an event, as far as it has any. */
export function details(event) {
  const metadata = event.metadata ?? {};
  const known = { reason: (it) => it };
  const said = Object.entries(metadata)
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => known[key]?.(value) ?? texts.detail(texts.details[key] ?? key, plain(value)));
  return el('div', { dir: 'auto', class: 'any' }, said.join('; '));
}

function plain(value) {
  if (Array.isArray(value)) {
    return value.map(plain).join(', ');
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Returns the cells that all tables of events have: time, event, actor and details. */
export function eventCells(event) {
  return {
    when: el('td', { role: 'cell', 'data-label': texts.when }, el('div', null, time(event.occurredAt, minute))),
    by: el('td', { role: 'cell', 'data-label': texts.by }, el('div', { class: 'any' }, actor(event.actor))),
    details: el('td', { role: 'cell', 'data-label': texts.detailsColumn }, details(event)),
  };
}
