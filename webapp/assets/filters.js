/** The row of filters above a table. Each is a control with its label inside its frame. */

import { el, spoken } from './dom.js';
import { texts } from './texts.js';

const TYPING_PAUSE = 200;

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
  const select = el('select', { id: `filter-${name}`, name });
  const made = filter(name, label, select, className);
  made.options = (pairs) => {
    const value = select.value || select.dataset.wanted || '';
    select.replaceChildren(
      ...pairs.map(([optionValue, text]) => el('option', { value: optionValue }, text)),
    );
    made.set(value);
  };
  made.options(options);
  return made;
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
