/**
 * Formats numbers, instants and refs in the locale and time zone of the browser, with UTC in the
 * tooltip. Relative times are words, in the language of the texts.
 */

import { el } from './dom.js';
import { LANGUAGE, texts } from './texts.js';

const DAY = { day: 'numeric', month: 'short', year: 'numeric' };
const SECOND = 1000;
const STEPS = [
  ['year', 365 * 24 * 3600 * SECOND],
  ['month', 30 * 24 * 3600 * SECOND],
  ['day', 24 * 3600 * SECOND],
  ['hour', 3600 * SECOND],
  ['minute', 60 * SECOND],
];

const numbers = new Intl.NumberFormat();
const days = new Intl.DateTimeFormat(undefined, DAY);
const longDays = new Intl.DateTimeFormat(undefined, { ...DAY, month: 'long' });
const dayMonths = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const minutes = new Intl.DateTimeFormat(undefined, { ...DAY, hour: '2-digit', minute: '2-digit' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const exactly = new Intl.DateTimeFormat(undefined, {
  ...DAY,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const relatively = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'always' });

/** The actor of an event that no request caused. */
const SYSTEM = 'system:access-tokens';

/** The number of milliseconds in a day of 24 hours. */
export const DAY_MILLIS = 24 * 3600 * SECOND;

export function number(value) {
  return numbers.format(value);
}

export function day(instant) {
  return days.format(new Date(instant));
}

export function longDay(instant) {
  return longDays.format(new Date(instant));
}

export function dayMonth(instant) {
  return dayMonths.format(new Date(instant));
}

export function minute(instant) {
  return minutes.format(new Date(instant));
}

export function timeOfDay(instant) {
  return clock.format(new Date(instant));
}

/** Returns a text such as "in 2 months", "3 days ago", "just now". */
export function relative(instant, now = Date.now()) {
  const distance = new Date(instant).getTime() - now;
  for (const [unit, length] of STEPS) {
    if (Math.abs(distance) >= length) {
      return relatively.format(Math.round(distance / length), unit).replace(/minutes?/, texts.min);
    }
  }
  return distance > 0 ? texts.inAMoment : texts.justNow;
}

/** Returns a text such as "7 days", "1 hour"; it is exact for whole units. */
export function duration(seconds) {
  for (const [unit, length] of STEPS.slice(2)) {
    const count = (seconds * SECOND) / length;
    if (Number.isInteger(count) && count > 0) {
      return texts.durations[unit](count, number(count));
    }
  }
  return texts.durations.second(seconds, number(seconds));
}

function tooltip(instant) {
  const utc = new Date(instant).toISOString().replace('T', ' ').replace(/\.\d+Z$/, '');
  return texts.localAndUtc(exactly.format(new Date(instant)), utc);
}

/** Creates the element of an instant, with the text of one of the functions above. */
export function time(instant, render = day, attributes = {}) {
  return el('time', { datetime: instant, title: tooltip(instant), ...attributes }, render(instant));
}

/**
 * Returns the last part of an entity ref, or the whole ref if it is not in the default namespace.
 */
export function shortRef(ref) {
  const match = /^(?:user|group):default\/(.+)$/.exec(ref ?? '');
  return match ? match[1] : (ref ?? '');
}

/** Shows a group by its name, with its ref in the tooltip. */
export function group(token) {
  return el(
    'span',
    { title: token.groupEntityRef },
    token.groupDisplayName || shortRef(token.groupEntityRef),
  );
}

/** Shows an actor (a user or a token), with its ref in the tooltip. */
export function actor(ref) {
  if (ref === SYSTEM) {
    return el('span', { title: ref }, texts.system);
  }
  const service = /^service-token:[^:]+:[^:]+:(.+)$/.exec(ref ?? '');
  return el('span', { title: ref }, service ? service[1] : shortRef(ref));
}

/** Returns a day of the local calendar in the format of `<input type="date">`. */
export function isoDay(date) {
  const two = (value) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * Returns the day that many days from today in the local calendar, in the format of `<input
 * type="date">`.
 */
export function isoDayIn(count) {
  const today = new Date();
  return isoDay(new Date(today.getFullYear(), today.getMonth(), today.getDate() + count));
}

/** Returns the local midnight at which such a day begins. */
export function startOfDay(iso, plus = 0) {
  const [year, month, dayOfMonth] = iso.split('-').map(Number);
  return new Date(year, month - 1, dayOfMonth + plus);
}

/** Returns the number of calendar days from today to such a day. */
export function daysUntil(iso) {
  const distance = startOfDay(iso) - startOfDay(isoDayIn(0));
  return Math.round(distance / DAY_MILLIS); // a day with a clock change does not have 24 hours
}
