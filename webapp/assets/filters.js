/** The row of filters above a table. Each is a control with its label inside its frame. */

import { combobox } from './combobox.js';
import { el, spoken } from './dom.js';
import { texts } from './texts.js';

const TYPING_PAUSE = 120;

/**
 * A filter that takes any text.
 *
 * @returns {{name: string, element: Element, get: function(): string, set: function(string)}}
 */
export function textFilter(name, label, { placeholder, grow = false, type = 'search' } = {}) {
  const input = el('input', {
    id: `filter-${name}`,
    name,
    type,
    placeholder,
    autocomplete: 'off',
    spellcheck: 'false',
    autocapitalize: 'none',
  });
  return filter(name, label, input, grow ? 'pick grow' : 'pick');
}

/** A filter with a few values; `options` are pairs of a value and its text. */
export function choiceFilter(name, label, options, className = 'pick') {
  const select = el(
    'select',
    { id: `filter-${name}`, name },
    options.map(([value, text]) => el('option', { value }, text)),
  );
  return filter(name, label, select, className);
}

/**
 * A filter whose values are searched for.
 *
 * @param {{placeholder: string, listLabel: string, grow?: boolean, takesText?: boolean,
 *     search: function(string, AbortSignal): Promise<Option[]>,
 *     name: function(string): Promise<Option>}} how as {@link combobox} has it; `name` gives the
 *     option of a value, and `takesText` says that a text that was typed is a value, too
 */
export function comboFilter(name, label, { placeholder, listLabel, grow, takesText, search, name: nameOf }) {
  const input = el('input', { id: `filter-${name}`, name, type: 'search', placeholder });
  let value = '';
  const box = combobox(input, { label: listLabel, search, onChange: changed });
  const element = el(
    'div',
    { class: grow ? 'pick combo grow' : 'pick combo' },
    el('label', { for: input.id }, label),
    input,
    box.list,
  );

  function changed() {
    value = box.chosen()?.value ?? (takesText ? input.value.trim() : '');
    element.classList.toggle('is-set', value !== '');
    // Its form hears of what is chosen as of what is typed.
    if (box.chosen()) {
      input.form?.dispatchEvent(new CustomEvent('choose'));
    }
  }

  return {
    name,
    element,
    control: input,
    get: () => value,
    async set(wanted) {
      if (value === wanted) {
        return;
      }
      value = wanted;
      element.classList.toggle('is-set', value !== '');
      box.show(null);
      if (wanted) {
        box.show({ value: wanted, text: wanted, note: '' });
        const option = await nameOf(wanted).catch(() => null);
        if (option && value === wanted) {
          box.show(option);
        }
      }
    },
  };
}

function filter(name, label, control, className) {
  const element = el('div', { class: className }, el('label', { for: control.id }, label), control);
  const mark = () => element.classList.toggle('is-set', control.value !== '' && name !== 'sort');
  control.addEventListener('input', mark);
  return {
    name,
    element,
    control,
    get: () => control.value.trim(),
    set: (value) => {
      if (control.localName === 'select' && value && !hasOption(control, value)) {
        // Of a shared address: what is filtered by must be seen, whether it is known here or not.
        control.append(el('option', { value }, value));
      }
      if (control.value.trim() !== value) {
        control.value = value;
      }
      mark();
    },
  };
}

function hasOption(select, value) {
  return [...select.options].some((option) => option.value === value);
}

/**
 * A form of filters.
 *
 * @param {string} label of what is searched
 * @param {object[]} filters
 * @param {function({typing: boolean})} onChange called when one was changed; `typing` while
 *     somebody is at it, in a pause of theirs
 */
export function filterForm(label, filters, onChange) {
  let pause = 0;
  const form = el(
    'form',
    { class: 'filters', role: 'search', 'aria-label': label },
    filters.map((it) => it.element),
    el('button', { class: 'sr', type: 'submit', tabindex: '-1' }, texts.search),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(pause);
    onChange({ typing: false });
  });
  form.addEventListener('choose', () => {
    clearTimeout(pause);
    onChange({ typing: false });
  });
  form.addEventListener('input', (event) => {
    clearTimeout(pause);
    if (event.target.localName === 'select') {
      onChange({ typing: false });
    } else {
      pause = setTimeout(() => onChange({ typing: true }), TYPING_PAUSE);
    }
  });
  return form;
}

/** A column's heading that sorts by it: one link for each way to sort that it has. */
export function sortHeading(column, sort, address, onSort) {
  const parts = [[column.sort, column.label], ...(column.alsoSort ? [column.alsoSort] : [])];
  const active = parts.find(([key]) => key === sort.replace(/^-/, ''));
  const links = parts.map(([key, text]) => {
    const next = key === active?.[0] ? flip(sort) : (column.first?.[key] ?? key);
    return el(
      'a',
      {
        class: key === active?.[0] ? 'sort is-active' : 'sort',
        href: address(next),
        'data-sort': key,
        on: { click: (event) => onSort(event, next) },
      },
      text,
    );
  });
  return el(
    'th',
    {
      role: 'columnheader',
      scope: 'col',
      'aria-sort': active ? (sort.startsWith('-') ? 'descending' : 'ascending') : null,
    },
    links.flatMap((link, index) => (index > 0 ? [spoken(', '), link] : [link])),
  );
}

function flip(sort) {
  return sort.startsWith('-') ? sort.slice(1) : `-${sort}`;
}
