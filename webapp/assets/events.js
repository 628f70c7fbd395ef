/** Formats audit events. */

import { el, icon } from './dom.js';
import { duration, minute, time } from './format.js';
import { texts } from './texts.js';

const CHANGED_VALUE = /\.(old|new)$/;

/** The icon and the tone of each kind of event. */
const SIGNS = {
  created: ['plus', 'accent'],
  minted: ['plus', 'accent'],
  imported: ['download', 'accent'],
  updated: ['edit', ''],
  rotated: ['rotate', 'accent'],
  'previous-secret-ended': ['key', ''],
  'ended-secret-used': ['alert', 'bad'],
  revoked: ['ban', 'bad'],
  exchanged: ['arrow', ''],
};

/** Returns the name of an event. */
export function eventName(event) {
  return texts.events[event.event] ?? event.event;
}

/** Shows the kind of an event by an icon. */
export function eventBadge(event) {
  const [sign, tone] = SIGNS[event.event] ?? ['info', ''];
  return el('span', { class: tone ? `badge badge-${tone}` : 'badge' }, icon(sign));
}

/** Returns further details of an event, as far as it has any. */
export function details(event) {
  return el('div', { dir: 'auto', class: 'any' }, (DETAILS[event.event] ?? listed)(event.metadata ?? {}));
}

/** The details of the events whose metadata is not a list of independent facts. */
const DETAILS = { updated, rotated, 'previous-secret-ended': ended, 'ended-secret-used': endedSecretUsed };

function listed(metadata) {
  const known = { reason: (it) => it };
  return Object.entries(metadata)
    .filter(([key, value]) => key !== 'reasonSalt' && value !== null && value !== '')
    .map(([key, value]) => known[key]?.(value) ?? texts.detail(texts.details[key] ?? key, plain(value)))
    .join('; ');
}

function plain(value) {
  if (Array.isArray(value)) {
    return value.map(plain).join(', ');
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Shows the new value of each changed field, and the old one. */
function updated(metadata) {
  const fields = String(metadata.fields ?? '').split(' ').filter((it) => it);
  const others = Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'fields' && !CHANGED_VALUE.test(key)));
  const lines = fields.map((name) => changedField(name, metadata));
  return [...lines, listed(others)].filter((it) => it).map((it) => el('div', null, it));
}

function changedField(name, metadata) {
  return texts.changedField(texts.details[name] ?? name, fieldValue(name, metadata[`${name}.new`]), fieldValue(name, metadata[`${name}.old`]));
}

function fieldValue(name, value) {
  if (value === undefined || value === null || value === '') {
    return texts.none;
  }
  return name === 'expiresAt' ? minute(value) : plain(value);
}

function rotated(metadata) {
  if (metadata.retry) {
    return texts.rotatedAgain(metadata.replacedTokenPrefix);
  }
  const { previousTokenPrefix, previousSecretExpiresAt, gracePeriodSeconds, endGraceOnFirstUse } = metadata;
  const secret =
    Number(gracePeriodSeconds) === 0
      ? texts.rotatedWithoutGrace(previousTokenPrefix)
      : [
          texts.rotatedUntil(previousTokenPrefix, duration(Number(gracePeriodSeconds))),
          time(previousSecretExpiresAt, minute),
          endGraceOnFirstUse ? texts.orFirstUse : '.',
        ];
  return [secret, metadata['expiresAt.new'] && el('div', null, changedField('expiresAt', metadata))];
}

function ended(metadata) {
  const how = texts.endedBy[metadata.by] ?? metadata.by;
  return [texts.secretEnded(metadata.previousTokenPrefix, how), metadata.reason].filter((it) => it).join(' ');
}

function endedSecretUsed(metadata) {
  return texts.endedSecretUsed(metadata.tokenPrefix, metadata.address);
}
