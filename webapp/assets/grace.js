/** The field for the time in which the old secret of a rotated token stays valid. */

import { button, el, icon, newId } from './dom.js';
import { duration } from './format.js';
import { texts } from './texts.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const USUAL = DAY;
const OTHER = 'other';
const WHOLE = /^[0-9]{1,5}$/;
/** The bounds in the server's error message, in seconds. */
const BOUNDS = /from (\d+) to (\d+)/;

/**
 * Creates the field. It opens with one day.
 *
 * @param {function(): void} onChange called after each change
 */
export function graceField(onChange) {
  const noteId = newId('grace-note');
  const group = newId('grace');
  const note = el('p', { class: 'hint', id: noteId });
  const radios = [HOUR, DAY, 7 * DAY, 0, OTHER].map((value) =>
    el('input', { type: 'radio', name: group, value, checked: value === USUAL }),
  );
  const amount = el('input', {
    class: 'input',
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'off',
    'aria-label': texts.graceAmount,
    'aria-describedby': noteId,
    props: { value: '2' },
  });
  const unit = el(
    'select',
    { class: 'input', 'aria-label': texts.graceUnit },
    el('option', { value: DAY }, texts.unitDays),
    el('option', { value: HOUR }, texts.unitHours),
  );
  const firstUse = el('input', { type: 'checkbox', name: 'endGraceOnFirstUse' });
  const cards = radios.map((radio) => {
    const [name, hint] = texts.graces[radio.value];
    return el('label', null, radio, el('span', null, name), ' ', el('span', { class: 'hint' }, hint));
  });
  const own = cards[radios.findIndex((radio) => radio.value === OTHER)];
  const other = el(
    'div',
    { class: 'cards-choice grace-own', hidden: true },
    own,
    el('div', { class: 'row' }, amount, el('span', { class: 'select' }, unit, icon('down'))),
  );
  const more = button(texts.otherGrace, showOther, { class: 'link small' });
  const element = el(
    'fieldset',
    { class: 'field', 'aria-describedby': noteId },
    el('legend', { class: 'label' }, texts.graceQuestion),
    el('div', { class: 'cards-choice' }, cards.filter((card) => card !== own)),
    other,
    note,
    el(
      'div',
      { class: 'row spread' },
      el('label', { class: 'option' }, firstUse, el('span', null, texts.endAtFirstUse)),
      more,
    ),
  );
  let touched = false;

  /** Offers a time of the user's own, and chooses it. */
  function showOther() {
    other.hidden = false;
    more.hidden = true;
    own.querySelector('input').checked = true;
    element.dispatchEvent(new Event('input'));
    amount.focus();
    amount.select();
  }

  function chosen() {
    return radios.find((radio) => radio.checked).value;
  }

  /** Returns the grace period in seconds; NaN if the amount is not a number. */
  function seconds() {
    if (chosen() !== OTHER) {
      return Number(chosen());
    }
    return WHOLE.test(amount.value.trim()) ? Number(amount.value) * Number(unit.value) : Number.NaN;
  }

  function show(error) {
    amount.toggleAttribute('aria-invalid', Boolean(error));
    if (error) {
      amount.setAttribute('aria-invalid', 'true');
    }
    note.className = error ? 'error' : 'hint';
    note.textContent = error;
    return !error;
  }

  function verify() {
    touched = true;
    return show(seconds() >= 0 && (chosen() !== OTHER || seconds() > 0) ? '' : texts.graceWrong);
  }

  element.addEventListener('input', () => {
    amount.disabled = chosen() !== OTHER;
    unit.disabled = amount.disabled;
    firstUse.disabled = seconds() === 0;
    if (touched) {
      verify();
    }
    onChange();
  });
  show('');
  return {
    name: 'grace',
    label: texts.graceQuestion,
    element,
    verify,
    isWrong: () => note.className === 'error',
    seconds,
    endsOnFirstUse: () => firstUse.checked && !firstUse.disabled,
    isChanged: () => chosen() !== String(USUAL) || firstUse.checked,
    refuse(message) {
      const longest = BOUNDS.exec(message)?.[2];
      show(longest ? texts.graceTooLong(duration(Number(longest))) : message);
    },
    focus: () => (chosen() === OTHER && touched ? amount : radios.find((radio) => radio.checked)).focus(),
  };
}
