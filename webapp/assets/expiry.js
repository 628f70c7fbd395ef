/** The field for the day on which a token expires. */

import { button, el } from './dom.js';
import { field } from './fields.js';
import { DAY_MILLIS, daysUntil, duration, isoDay, isoDayIn, longDay, number, startOfDay } from './format.js';
import { lifetimeOf } from './status.js';
import { texts } from './texts.js';

const CHOICES = [7, 30, 90];
const DAY_SECONDS = 24 * 3600;
/** The part by which the text of a lifetime may differ from the lifetime. */
const TOLERANCE = 0.02;

/** Returns the lifetime of a token in days. It can be a fraction. */
export function lifetimeDays(token) {
  return lifetimeOf(token) / DAY_SECONDS;
}

function lasting(count) {
  return duration(Math.round(count * DAY_SECONDS), TOLERANCE);
}

/**
 * Creates the field "Expiry date". For whole days, the form sends their number, so that a token lives
 * for that many times 24 hours. The last selectable day is within the limit to the second. The
 * lifetime of another token can be a fraction of days.
 *
 * @param {number} defaultDays the number of days when the dialog opens
 * @param {{label?: string, before?: number}} options the label, and the lifetime in days that the
 *     token had before, which is offered as well
 */
export function expiryField(defaultDays, { label = texts.expiryDate, before = null } = {}) {
  let maximum = null;
  let byUser = false;
  /** The number of days, until the user enters a date. */
  let chosen = null;
  const shortened = el('p', { class: 'hint is-strong', role: 'status' });
  const input = el('input', { class: 'input date', type: 'date', name: 'expires', required: true });
  const choices = el('div', { class: 'chips', role: 'group', 'aria-label': texts.setExpiry });
  // These listeners run before those of the field, which check the date.
  for (const event of ['input', 'change']) {
    input.addEventListener(event, () => {
      byUser = true;
      chosen = null;
      shortened.textContent = '';
      mark();
    });
  }
  const expiry = field({
    name: 'expires',
    label,
    control: input,
    around: el('div', { class: 'row' }, input, choices),
    hint,
    check,
  });

  function days() {
    return chosen ?? (input.value ? daysUntil(input.value) : null);
  }

  function hint() {
    const count = days();
    const parts = [];
    if (count !== null && count > 0) {
      parts.push(texts.expiresIn(lasting(count)));
    }
    if (maximum) {
      parts.push(texts.latestDay(longDay(startOfDay(isoDayIn(maximum))), number(maximum)));
    }
    return parts.join(' ');
  }

  function check(value) {
    if (!value) {
      return texts.expiryMissing;
    }
    if (days() <= 0) {
      return texts.expiryPast;
    }
    if (maximum && days() > maximum) {
      return texts.expiryTooLate(longDay(startOfDay(isoDayIn(maximum))), number(maximum));
    }
    return '';
  }

  function set(count) {
    chosen = count;
    input.min = isoDayIn(count < 1 ? 0 : 1);
    input.value = Number.isInteger(count) ? isoDayIn(count) : isoDay(new Date(Date.now() + count * DAY_MILLIS));
    mark();
    expiry.refresh();
  }

  function mark() {
    const count = days();
    for (const choice of choices.children) {
      choice.setAttribute('aria-pressed', String(Number(choice.getAttribute('data-days')) === count));
    }
  }

  expiry.element.append(shortened);

  choices.replaceChildren(...offers().map(choice));
  set(defaultDays);
  return {
    ...expiry,
    days,
    /** Sets the number of days as if the user had chosen it. */
    choose(count) {
      byUser = true;
      set(count);
    },
    isChanged: () => byUser,
    /**
     * Returns the members of the request. There are none for the lifetime from before, because the
     * server knows it exactly.
     */
    request() {
      const count = days();
      if (before !== null && (!byUser || count === before)) {
        return {};
      }
      return Number.isInteger(count) ? { expiresInDays: count } : { expiresAt: new Date(Date.now() + count * DAY_MILLIS).toISOString() };
    },
    /**
     * Sets the longest lifetime. If the selected lifetime is longer, it is shortened; nothing else
     * changes.
     *
     * @param {number|null} maxDays null without a limit
     * @returns {string} a text about the shortened lifetime for the user; empty if nothing was
     *     shortened
     */
    limit(maxDays) {
      maximum = maxDays;
      input.max = maxDays ? isoDayIn(maxDays) : '';
      const offered = offers().filter((count) => !maxDays || count <= maxDays);
      if (maxDays && !offered.some((count) => lasting(count) === lasting(maxDays))) {
        offered.push(maxDays);
      }
      choices.replaceChildren(...offered.map(choice));
      const wanted = days();
      const isTooLong = maxDays && wanted > maxDays;
      if (isTooLong) {
        set(maxDays);
        shortened.textContent = texts.expiryShortened(Number.isInteger(wanted) ? number(wanted) : lasting(wanted), lasting(maxDays));
      } else {
        mark();
        expiry.refresh();
      }
      return isTooLong ? shortened.textContent : '';
    },
  };

  /** Returns the offered numbers of days. */
  function offers() {
    return before === null ? CHOICES : [before, ...CHOICES.filter((count) => lasting(count) !== lasting(before))];
  }

  function choice(count) {
    return button(count === before ? texts.asBefore(lasting(count)) : lasting(count), () => {
      byUser = true;
      shortened.textContent = '';
      set(count);
    }, { class: 'chip', 'data-days': count, 'aria-pressed': 'false' });
  }
}
