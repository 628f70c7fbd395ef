/** The optional limits of a service token: addresses and requests per minute. */

import { el, icon } from './dom.js';
import { field } from './fields.js';
import { number } from './format.js';
import { texts } from './texts.js';

const MAX_ADDRESSES = 50;
const MAX_RATE = 1_000_000;
const WHOLE = /^[0-9]{1,7}$/;

/**
 * Creates the fields.
 *
 * @param {{allowedAddresses: string[]|null, requestsPerMinute: number|null}} before the limits
 *     before the change
 */
export function limitFields(before = { allowedAddresses: null, requestsPerMinute: null }) {
  const addressesBefore = before.allowedAddresses ?? [];
  const rateBefore = before.requestsPerMinute ?? null;
  const area = el('textarea', {
    class: 'input mono',
    name: 'allowedAddresses',
    rows: 2,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    props: { value: addressesBefore.join('\n') },
  });
  const input = el('input', {
    class: 'input short',
    type: 'text',
    inputmode: 'numeric',
    name: 'requestsPerMinute',
    autocomplete: 'off',
    props: { value: rateBefore === null ? '' : String(rateBefore) },
  });
  const addresses = field({
    name: 'allowedAddresses',
    label: texts.allowedAddresses,
    control: area,
    hint: () => texts.allowedAddressesHint,
    check: () => (listed().length > MAX_ADDRESSES ? texts.tooManyAddresses(listed().length, MAX_ADDRESSES) : ''),
  });
  const rate = field({
    name: 'requestsPerMinute',
    label: texts.requestsPerMinute,
    control: input,
    hint: () => texts.requestsPerMinuteHint,
    check(value) {
      const text = value.trim();
      const wrong = text !== '' && (!WHOLE.test(text) || Number(text) < 1 || Number(text) > MAX_RATE);
      return wrong ? texts.rateWrong(number(MAX_RATE)) : '';
    },
  });

  function listed() {
    return [...new Set(area.value.split(/[\s,;]+/).filter((it) => it))];
  }

  function perMinute() {
    const text = input.value.trim();
    return text === '' ? null : Number(text);
  }

  /** Returns the changed fields as the API expects them; null removes a limit. */
  function changes() {
    const now = listed();
    const changed = {};
    if (now.join('\n') !== addressesBefore.join('\n')) {
      changed.allowedAddresses = now.length > 0 ? now : null;
    }
    if (perMinute() !== rateBefore) {
      changed.requestsPerMinute = perMinute();
    }
    return changed;
  }

  return { addresses, rate, changes, isChanged: () => Object.keys(changes()).length > 0 };
}

/** Shows the fields in an element that is closed first. An error in one of them opens it. */
export function foldedLimits({ addresses, rate }) {
  const folded = el(
    'details',
    { class: 'more-options' },
    el('summary', null, icon('right'), texts.limits, ' ', el('span', { class: 'optional' }, texts.optional)),
    el('div', { class: 'pair' }, addresses.element, rate.element),
  );
  for (const made of [addresses, rate]) {
    const { focus } = made;
    made.focus = () => {
      folded.open = true;
      focus();
    };
  }
  return folded;
}

/** Shows the limits of a token. */
export function limitsOf(token) {
  const { allowedAddresses, requestsPerMinute } = token;
  return el(
    'div',
    { class: 'panel-body stack body13' },
    el(
      'div',
      { class: 'stack-tight' },
      el(
        'div',
        { class: 'row spread' },
        el('span', null, texts.requestsPerMinute),
        requestsPerMinute ? el('strong', null, number(requestsPerMinute)) : el('span', { class: 'quiet' }, texts.noLimit),
      ),
      requestsPerMinute && el('p', { class: 'quiet small' }, texts.beyondLimit(number(requestsPerMinute))),
    ),
    allowedAddresses
      ? el(
          'div',
          { class: 'stack-tight' },
          el('span', null, texts.allowedAddresses),
          el('ul', { class: 'stack-tight' }, allowedAddresses.map((it) => el('li', null, el('code', { class: 'any' }, it)))),
        )
      : el('div', { class: 'row spread' }, el('span', null, texts.allowedAddresses), el('span', { class: 'quiet' }, texts.anyAddress)),
  );
}
