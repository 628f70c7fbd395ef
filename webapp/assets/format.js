/**
 * Numbers, instants and refs as people read them: in the locale and zone of their browser, with UTC
 * in the tooltip. Relative times are words, so they are in the language of the texts.
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

/** The milliseconds of a day of 24 hours. */
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

/** "in 2 months", "3 days ago", "just now". */
export function relative(instant, now = Date.now()) {
  const distance = new Date(instant).getTime() - now;
  for (const [unit, length] of STEPS) {
    if (Math.abs(distance) >= length) {
      return relatively.format(Math.round(distance / length), unit).replace(/minutes?/, texts.min);
    }
  }
  return distance > 0 ? texts.inAMoment : texts.justNow;
}

function tooltip(instant) {
  const utc = new Date(instant).toISOString().replace('T', ' ').replace(/\.\d+Z$/, '');
  return texts.localAndUtc(exactly.format(new Date(instant)), utc);
}

/** An instant, shown as one of the functions above renders it. */
export function time(instant, render = day, attributes = {}) {
  return el('time', { datetime: instant, title: tooltip(instant), ...attributes }, render(instant));
}

/** The last part of an entity ref; the whole of it if it is not in the default namespace. */
export function shortRef(ref) {
  const match = /^(?:user|group):default\/(.+)$/.exec(ref ?? '');
  return match ? match[1] : (ref ?? '');
}

/** A group by its name, with its ref in the tooltip. */
export function group(token) {
  return el(
    'span',
    { title: token.groupEntityRef },
    token.groupDisplayName || shortRef(token.groupEntityRef),
  );
}

/** A person or a token that did something, with its ref in the tooltip. */
export function actor(ref) {
  const service = /^service-token:[^:]+:[^:]+:(.+)$/.exec(ref ?? '');
  return el('span', { title: ref }, service ? service[1] : shortRef(ref));
}

/** A day of the calendar here, as `<input type="date">` has it. */
export function isoDay(date) {
  const two = (value) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The day that is so many days from today in the calendar here, as `<input type="date">` has it. */
export function isoDayIn(count) {
  const today = new Date();
  return isoDay(new Date(today.getFullYear(), today.getMonth(), today.getDate() + count));
}

/** The midnight here with which such a day begins. */
export function startOfDay(iso, plus = 0) {
  const [year, month, dayOfMonth] = iso.split('-').map(Number);
  return new Date(year, month - 1, dayOfMonth + plus);
}

/** How many days of the calendar lie between today and such a day. */
export function daysUntil(iso) {
  const distance = startOfDay(iso) - startOfDay(isoDayIn(0));
  return Math.round(distance / DAY_MILLIS); // a day with a change of the clock is not of 24 hours
}
