/** The row of filters above a table. Each filter is a control with its label inside its frame. */

import { combobox } from './combobox.js';
import { announce, el, spoken } from './dom.js';
import { texts } from './texts.js';

const TYPING_PAUSE = 120;

/**
 * Creates a filter that accepts any text.
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

/**
 * Creates a filter with a few values; `options` are pairs of a value and its text. A closed filter
 * shows no other values, because only the page knows what they mean.
 */
export function choiceFilter(name, label, options, { className = 'pick', isClosed = false } = {}) {
  const select = el(
    'select',
    { id: `filter-${name}`, name },
    options.map(([value, text]) => el('option', { value }, text)),
  );
  return filter(name, label, select, className, isClosed);
}

/**
 * Creates a filter that searches for its values.
 *
 * @param {{placeholder: string, listLabel: string, grow?: boolean, takesText?: boolean, search:
 *     function(string, AbortSignal): Promise<Option[]>, name: function(string): Promise<Option>}}
 *     how as in {@link combobox}; `name` returns the option of a value, and `takesText` accepts any
 *     typed text as a value
 */
export function comboFilter(name, label, { placeholder, listLabel, grow, takesText, search, name: nameOf }) {
  const input = el('input', { id: `filter-${name}`, name, type: 'search', placeholder });
  let value = '';
  let applied = null;
  const box = combobox(input, { label: listLabel, search, onChange: changed, onLeave: takesText ? undefined : restore });
  const element = el(
    'div',
    { class: grow ? 'pick combo grow' : 'pick combo' },
    el('label', { for: input.id }, label),
    input,
    box.list,
  );

  /**
   * A text that is still being typed changes nothing, unless it is a value or the field is empty.
   */
  function changed() {
    const option = box.chosen();
    if (option || takesText || input.value.trim() === '') {
      applied = option;
      value = option?.value ?? input.value.trim();
      element.classList.toggle('is-set', value !== '');
    }
    // The form listens for this event, so that it handles a choice like typed text.
    if (option) {
      input.form?.dispatchEvent(new CustomEvent('choose'));
    }
  }

  /** Replaces a text that names no value by the active value. */
  function restore() {
    if (input.value !== (applied?.text ?? '')) {
      announce(texts.notChosen(input.value.trim()));
    }
    box.show(applied);
  }

  function show(option) {
    applied = option;
    box.show(option);
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
      show(wanted ? { value: wanted, text: wanted, note: '' } : null);
      if (wanted) {
        const option = await nameOf(wanted).catch(() => null);
        if (option && value === wanted && box.chosen()?.value === wanted) {
          show(option);
        }
      }
    },
  };
}

function filter(name, label, control, className, isClosed = false) {
  const element = el('div', { class: className }, el('label', { for: control.id }, label), control);
  const mark = () => element.classList.toggle('is-set', control.value !== '' && name !== 'sort');
  control.addEventListener('input', mark);
  control.addEventListener('change', mark);
  control.addEventListener('blur', () => {
    if (control.validity.badInput) {
      // A field with a partial date has no value, although the browser shows that part.
      announce(texts.incompleteDate);
      control.value = '';
      mark();
    }
  });
  return {
    name,
    element,
    control,
    get: () => control.value.trim(),
    set: (value) => {
      if (control.localName === 'select' && value && !isClosed && !hasOption(control, value)) {
        // The API may accept values in shared addresses that this page does not offer.
        control.append(el('option', { value }, value));
      }
      if (control.value.trim() !== value) {
        control.value = value;
        if (control.localName === 'select' && control.selectedIndex < 0) {
          control.selectedIndex = 0;
        }
      }
      mark();
    },
  };
}

/**
 * Shows the state of the address in the filters. If a filter cannot show a value, the value is
 * removed from the address, because it would filter invisibly.
 *
 * @param {object} filters by the names of their parameters
 * @param {object} url the {@link urlState} of the page
 */
export function showFilters(filters, url, now = url.current()) {
  const dropped = {};
  for (const [name, filter] of Object.entries(filters)) {
    filter.set(now[name]);
    if (filter.get() !== now[name]) {
      dropped[name] = filter.get();
    }
  }
  if (Object.keys(dropped).length > 0) {
    url.replace({ ...url.current(), ...dropped });
  }
}

function hasOption(select, value) {
  return [...select.options].some((option) => option.value === value);
}

/**
 * Creates a form of filters.
 *
 * @param {string} label of what is searched
 * @param {object[]} filters
 * @param {function({typing: boolean})} onChange called when a filter was changed; `typing` is true
 *     if the user paused while typing
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
  // Some changes cause no "input" event, for example those of browser automation.
  for (const end of ['choose', 'change']) {
    form.addEventListener(end, () => {
      clearTimeout(pause);
      onChange({ typing: false });
    });
  }
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

/** Creates a column heading with one link for each sort order of the column. */
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
