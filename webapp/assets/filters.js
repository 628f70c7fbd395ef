/** The row of filters above a table. Each filter is a control with its label inside its frame. */

import { combobox } from './combobox.js';
import { announce, attribute, el, icon, newId } from './dom.js';
import { texts } from './texts.js';

const TYPING_PAUSE = 120;
/** The days that a filter accepts. While the user types a year, the field has the value of an early year such as 0202. */
const DAYS = { min: '2000-01-01', max: '9999-12-31' };

/** @typedef {import('./combobox.js').Option} Option */

/**
 * @typedef {object} Filter
 * @property {string} name
 * @property {HTMLElement} element
 * @property {any} control
 * @property {function(): string} get
 * @property {function(string): any} set
 */

/**
 * Creates a filter that accepts any text.
 *
 * @param {string} name
 * @param {string} label
 * @param {{placeholder?: string, grow?: boolean, type?: string, shortcut?: string}} how
 * @returns {Filter}
 */
export function textFilter(name, label, { placeholder, grow = false, type = 'search', shortcut = '' } = {}) {
  const input = el('input', {
    id: `filter-${name}`,
    name,
    type,
    placeholder,
    autocomplete: 'off',
    spellcheck: 'false',
    autocapitalize: 'none',
    'aria-keyshortcuts': shortcut || null,
    ...(type === 'date' ? DAYS : {}),
  });
  const made = filter(name, label, input, grow ? 'pick grow' : 'pick');
  if (grow) {
    // The icon takes the place of the label, which stays for assistive technology.
    made.element.querySelector('label').className = 'sr';
    made.element.prepend(icon('search'));
    made.element.append(...(shortcut ? [el('kbd', { class: 'wide-only', 'aria-hidden': 'true' }, shortcut)] : []));
  }
  return made;
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
  const made = filter(name, label, select, className, isClosed);
  made.element.append(icon('down'));
  return made;
}

/**
 * Creates a filter that searches for its values.
 *
 * @param {string} name
 * @param {string} label
 * @param {{placeholder: string, listLabel: string, grow?: boolean, unknown?: function(string): string,
 *     search: function(string, AbortSignal): Promise<Option[]>, name: function(string):
 *     Promise<Option>}} how as in {@link combobox}; `name` returns the option of a value. `unknown`
 *     returns the message for a text that names no value: the text then stays, with the message below
 *     it. Without `unknown`, the active value replaces the text.
 */
export function comboFilter(name, label, { placeholder, listLabel, grow, unknown, search, name: nameOf }) {
  const input = el('input', { id: `filter-${name}`, name, type: 'search', placeholder });
  let value = '';
  let applied = null;
  const box = combobox(input, { label: listLabel, search, onChange: changed, onLeave: restore });
  const problem = el('p', { class: 'pick-problem error', id: newId('problem'), role: 'alert', hidden: true });
  const element = el(
    'div',
    { class: grow ? 'pick combo grow' : 'pick combo' },
    el('label', { for: input.id }, label),
    input,
    !grow && icon('down'),
    box.list,
    problem,
  );

  /** Shows what is wrong with the text; an empty message removes it. */
  function refuse(message) {
    attribute(input, 'aria-invalid', message ? 'true' : null);
    attribute(input, 'aria-describedby', message ? problem.id : null);
    problem.textContent = message;
    problem.hidden = !message;
  }

  /**
   * A text that is still being typed changes nothing, unless it is a value or the field is empty.
   */
  function changed() {
    refuse('');
    const option = box.chosen();
    if (option || input.value.trim() === '') {
      applied = option;
      value = option?.value ?? '';
      element.classList.toggle('is-set', value !== '');
    }
    // The form listens for this event, so that it handles a choice like typed text.
    if (option) {
      input.form?.dispatchEvent(new CustomEvent('choose'));
    }
  }

  /** Replaces a text that names no value by the active value. */
  function restore() {
    const typed = input.value.trim();
    if (typed && typed !== applied?.text) {
      if (unknown) {
        refuse(unknown(typed));
        return;
      }
      announce(texts.notChosen(typed));
    }
    box.show(applied);
  }

  function show(option) {
    applied = option;
    box.show(option);
  }

  function showWithoutProblem(option) {
    refuse('');
    show(option);
  }

  return {
    name,
    element,
    control: input,
    get: () => value,
    refuse,
    async set(wanted) {
      if (value === wanted) {
        if (input.hasAttribute('aria-invalid') && document.activeElement !== input) {
          showWithoutProblem(applied);
        }
        return;
      }
      value = wanted;
      element.classList.toggle('is-set', value !== '');
      showWithoutProblem(wanted ? { value: wanted, text: wanted, note: '' } : null);
      if (wanted) {
        const option = await nameOf(wanted).catch(() => null);
        if (option && value === wanted && box.chosen()?.value === wanted) {
          show(option); // a response may have refused the value meanwhile
        }
      }
    },
  };
}

/**
 * Creates a filter that a link sets, and that the user can only remove. It is hidden without a value.
 *
 * @param {string} name
 * @param {string} label
 * @param {function(string): string} describe returns the text of a value; an empty text if it is wrong
 * @param {function(): void} onRemoved called when the filter was removed, to move the focus
 * @returns {Filter}
 */
export function fixedFilter(name, label, describe, onRemoved) {
  let value = '';
  const text = el('span');
  const remove = el(
    'button',
    {
      class: 'btn btn-small btn-icon btn-bare',
      type: 'button',
      'aria-label': texts.removeFilter(label),
      on: {
        click() {
          set('');
          remove.form?.dispatchEvent(new CustomEvent('choose'));
          onRemoved();
        },
      },
    },
    icon('x'),
  );
  const element = el('div', { class: 'pick is-set', hidden: true }, el('span', { class: 'quiet' }, label), text, remove);

  function set(wanted) {
    text.textContent = describe(wanted);
    value = text.textContent ? wanted : '';
    element.hidden = !value;
  }

  return { name, element, control: remove, get: () => value, set };
}

function filter(name, label, control, className, isClosed = false) {
  const element = el('div', { class: className }, el('label', { for: control.id }, label), control);
  const mark = () => element.classList.toggle('is-set', control.value !== '' && name !== 'sort');
  /** The latest valid value. A partial date changes nothing. */
  let valid = '';

  function get() {
    valid = control.validity.valid ? control.value.trim() : valid;
    return valid;
  }

  control.addEventListener('input', mark);
  control.addEventListener('change', mark);
  control.addEventListener('blur', () => {
    if (!control.validity.valid) {
      announce(texts.incompleteDate);
      control.value = valid;
      mark();
    }
    if (isDate(control)) {
      control.form?.dispatchEvent(new CustomEvent('choose')); // ends the typing
    }
  });
  return {
    name,
    element,
    control,
    get,
    set: (value) => {
      if (control.localName === 'select' && value && !isClosed && !hasOption(control, value)) {
        // The API may accept values in shared addresses that this page does not offer.
        control.append(el('option', { value }, value));
      }
      if (control.value.trim() !== value || !control.validity.valid) {
        control.value = value;
        if (control.localName === 'select' && control.selectedIndex < 0) {
          control.selectedIndex = 0;
        }
        if (!control.validity.valid) {
          control.value = '';
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

function isDate(element) {
  return element instanceof HTMLInputElement && element.type === 'date';
}

function hasOption(select, value) {
  return [...select.options].some((option) => option.value === value);
}

/**
 * Creates a form of filters.
 *
 * @param {string} label of what is searched
 * @param {object[]} filters
 * @param {function({typing: boolean}): void} onChange called when a filter was changed; `typing` is true
 *     if the user paused while typing
 * @param {...Element} more elements that follow the filters
 */
export function filterForm(label, filters, onChange, ...more) {
  let pause = 0;
  const form = el(
    'form',
    { class: 'filters', role: 'search', 'aria-label': label },
    filters.map((it) => it.element),
    more,
    el('button', { class: 'sr', type: 'submit', tabindex: '-1' }, texts.search),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(pause);
    onChange({ typing: false });
  });
  // Some changes cause no "input" event, for example those of browser automation.
  for (const end of ['choose', 'change']) {
    form.addEventListener(end, (event) => {
      // Chromium reports each typed digit of a date as a change.
      if (!isDate(event.target)) {
        clearTimeout(pause);
        onChange({ typing: false });
      }
    });
  }
  form.addEventListener('input', (event) => {
    clearTimeout(pause);
    if (event.target instanceof HTMLSelectElement) {
      onChange({ typing: false });
    } else {
      pause = setTimeout(() => onChange({ typing: true }), TYPING_PAUSE);
    }
  });
  return form;
}

/**
 * Creates the button that shows the filters on a narrow screen, where only the search is visible.
 *
 * @param {function(): Element} form returns the form
 */
export function filterButton(form) {
  const text = document.createTextNode('');
  const element = el(
    'button',
    {
      class: 'btn filter-button',
      type: 'button',
      'aria-expanded': 'false',
      on: {
        click() {
          const isOpen = form().classList.toggle('is-open');
          element.setAttribute('aria-expanded', String(isOpen));
        },
      },
    },
    icon('filter'),
    text,
  );
  return {
    element,
    /** @param {number} count the number of active filters */
    update(count) {
      text.data = texts.filters(count);
    },
  };
}

/**
 * Creates a column heading with a link that sorts by the column.
 *
 * @param {{sort?: string, label: string, first?: string, className?: string}} column
 * @param {string} sort the active order
 * @param {function(string): string} address returns the address for an order
 * @param {function(MouseEvent, string): void} onSort
 */
export function sortHeading({ sort: key, label, first = key, className }, sort, address, onSort) {
  const isActive = key === sort.replace(/^-/, '');
  const next = isActive ? flip(sort) : first;
  return el(
    'th',
    {
      role: 'columnheader',
      scope: 'col',
      class: className,
      'aria-sort': isActive ? (sort.startsWith('-') ? 'descending' : 'ascending') : null,
    },
    el('a', { class: 'sort', href: address(next), 'data-sort': key, on: { click: (event) => onSort(event, next) } }, label),
  );
}

function flip(sort) {
  return sort.startsWith('-') ? sort.slice(1) : `-${sort}`;
}
