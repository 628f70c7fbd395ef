/** The field for the day on which a token expires. */

import { button, el } from './dom.js';
import { field } from './fields.js';
import { daysUntil, isoDayIn, longDay, number, startOfDay } from './format.js';
import { texts } from './texts.js';

const CHOICES = [7, 30, 90];

/**
 * A field named "Expiry date". What is asked for is a number of days, so that a token lives as many
 * times 24 hours, and the last day that may be chosen is within the limit to the second.
 */
export function expiryField() {
  let maximum = null;
  let chosen = false;
  const input = el('input', { class: 'input date', type: 'date', name: 'expires', required: true, min: isoDayIn(1) });
  const choices = el('div', { class: 'row', role: 'group', 'aria-label': texts.setExpiry });
  const expiry = field({
    name: 'expires',
    label: texts.expiryDate,
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
      choice.setAttribute('aria-pressed', String(Number(choice.dataset.days) === count));
    }
  }

  input.addEventListener('input', () => {
    chosen = true;
    mark();
  });

  return {
    ...expiry,
    days,
    /** Offers what the limits allow; the day stays if somebody has chosen one. */
    limit(maxDays, defaultDays) {
      maximum = maxDays;
      input.max = maxDays ? isoDayIn(maxDays) : '';
      const offered = CHOICES.filter((count) => !maxDays || count <= maxDays);
      if (maxDays && !offered.includes(maxDays)) {
        offered.push(maxDays);
      }
      choices.replaceChildren(
        ...offered.map((count) =>
          button(texts.days(count), () => {
            chosen = true;
            set(count);
          }, { 'data-days': count, 'aria-pressed': 'false' }),
        ),
      );
      if (chosen) {
        mark();
        expiry.refresh();
      } else {
        set(defaultDays);
      }
    },
  };
}
