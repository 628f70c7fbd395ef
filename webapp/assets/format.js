/**
 * Formats numbers, instants and refs in the locale and time zone of the browser, with UTC in the
 * tooltip. Relative times are words, in the language of the texts.
 */

import { el } from './dom.js';
import { LANGUAGE, texts } from './texts.js';

/** @type {Intl.DateTimeFormatOptions} */
const DAY = { day: 'numeric', month: 'short', year: 'numeric' };
const SECOND = 1000;
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const STEPS = [
  ['year', 365 * 24 * 3600 * SECOND],
  ['day', 24 * 3600 * SECOND],
  ['hour', 3600 * SECOND],
  ['minute', 60 * SECOND],
];

/** The part of a unit from which on a time is rounded to the unit: 23.6 hours are a day. */
const NEARLY = 0.98;

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

/**
 * Returns a text in lower case, for a search that ignores case. As in the searches of the server, a
 * letter does not depend on the letters around it, so a final sigma becomes a normal sigma.
 */
export function foldCase(text) {
  return text.toLowerCase().replaceAll('\u03c2', '\u03c3');
}

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

/** Returns the time of day for an instant of today, else the day. */
export function timeOrDay(instant) {
  const isToday = new Date(instant).toDateString() === new Date().toDateString();
  return isToday ? timeOfDay(instant) : day(instant);
}

export function timeOfDay(instant) {
  return clock.format(new Date(instant));
}

/** Returns a text such as "in 47 days", "3 days ago", "in 2 years", "just now". */
export function relative(instant, now = Date.now()) {
  const distance = new Date(instant).getTime() - now;
  for (const [unit, length] of STEPS) {
    if (isAtLeast(Math.abs(distance), unit, length)) {
      return relatively.format(Math.round(distance / length), unit).replace(/minutes?/, texts.min);
    }
  }
  return distance > 0 ? texts.inAMoment : texts.justNow;
}

function isAtLeast(distance, unit, length) {
  return distance >= (unit === 'year' ? length : NEARLY * length);
}

/** Returns the time until an instant, such as "6 hours"; at least "1 minute". */
export function timeLeft(instant, now = Date.now()) {
  const left = new Date(instant).getTime() - now;
  const [unit, length] = STEPS.slice(1).find(([name, size]) => isAtLeast(left, name, size)) ?? STEPS.at(-1);
  const count = Math.max(1, Math.round(left / length));
  return texts.durations[unit](count, number(count));
}

/**
 * Returns a text such as "7 days", "1 hour".
 *
 * @param {number} seconds
 * @param {number} [tolerance] the part by which the text may differ; 0 for an exact text
 */
export function duration(seconds, tolerance = 0) {
  for (const [unit, length] of STEPS.slice(1)) {
    const count = (seconds * SECOND) / length;
    const whole = Math.round(count);
    if (whole > 0 && Math.abs(whole - count) <= tolerance * count) {
      return texts.durations[unit](whole, number(whole));
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

/**
 * Returns the local midnight at which such a day begins. For a UTC day of the server, the local calendar
 * then shows the same day.
 */
export function startOfDay(iso, plus = 0) {
  const [year, month, dayOfMonth] = iso.split('-').map(Number);
  return new Date(year, month - 1, dayOfMonth + plus);
}

/** Returns the number of calendar days from today to such a day. */
export function daysUntil(iso) {
  const distance = startOfDay(iso).getTime() - startOfDay(isoDayIn(0)).getTime();
  return Math.round(distance / DAY_MILLIS); // a day with a clock change does not have 24 hours
}
