/** The field for the day on which a token expires. */

import { button, el } from './dom.js';
import { field } from './fields.js';
import { daysUntil, isoDayIn, longDay, number, startOfDay } from './format.js';
import { texts } from './texts.js';

const CHOICES = [7, 30, 90];

/**
 * Creates the field "Expiry date". The form sends a number of days, so that a token lives for that
 * many times 24 hours. The last selectable day is within the limit to the second.
 *
 * @param {number} defaultDays the number of days when the dialog opens
 * @param {{label?: string, before?: number}} options the label, and the lifetime that the token had
 *     before, which is offered as well
 */
export function expiryField(defaultDays, { label = texts.expiryDate, before = null } = {}) {
  let maximum = null;
  let byUser = false;
  const shortened = el('p', { class: 'hint is-strong', role: 'status' });
  const input = el('input', { class: 'input date', type: 'date', name: 'expires', required: true, min: isoDayIn(1) });
  const choices = el('div', { class: 'chips', role: 'group', 'aria-label': texts.setExpiry });
  const expiry = field({
    name: 'expires',
    label,
    control: input,
    around: el('div', { class: 'row' }, input, choices),
    hint,
    check,
  });
  function days() {
    return input.value ? daysUntil(input.value) : null;
  }

  function hint() {
    const count = days();
    const parts = [];
    if (count !== null && count > 0) {
      parts.push(texts.expiresIn(count));
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
    if (days() < 1) {
      return texts.expiryPast;
    }
    if (maximum && days() > maximum) {
      return texts.expiryTooLate(longDay(startOfDay(isoDayIn(maximum))), number(maximum));
    }
    return '';
  }

  function set(count) {
    input.value = isoDayIn(count);
    mark();
    expiry.refresh();
  }

  function mark() {
    const count = days();
    for (const choice of choices.children) {
      choice.setAttribute('aria-pressed', String(Number(choice.getAttribute('data-days')) === count));
    }
  }

  for (const event of ['input', 'change']) {
    input.addEventListener(event, () => {
      byUser = true;
      shortened.textContent = '';
      mark();
    });
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
      if (maxDays && !offered.includes(maxDays)) {
        offered.push(maxDays);
      }
      choices.replaceChildren(...offered.map(choice));
      const chosen = days();
      const isTooLong = maxDays && chosen > maxDays;
      if (isTooLong) {
        set(maxDays);
        shortened.textContent = texts.expiryShortened(number(chosen), texts.days(maxDays));
      } else {
        mark();
        expiry.refresh();
      }
      return isTooLong ? shortened.textContent : '';
    },
  };

  /** Returns the offered numbers of days. */
  function offers() {
    const others = CHOICES.filter((count) => count !== before);
    return before === null ? others : [before, ...others];
  }

  function choice(count) {
    return button(count === before ? texts.asBefore(texts.days(count)) : texts.days(count), () => {
      byUser = true;
      shortened.textContent = '';
      set(count);
    }, { class: 'chip', 'data-days': count, 'aria-pressed': 'false' });
  }
}
