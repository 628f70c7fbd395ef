/** Groups of the directory, as values of a filter and as choices of a field. */

import { read } from './api.js';
import { combobox, MORE } from './combobox.js';
import { el } from './dom.js';
import { comboFilter, choiceFilter } from './filters.js';
import { shortRef } from './format.js';
import { servicePermission } from './session.js';
import { texts } from './texts.js';

const MANY = 100;
const FEW = 20;
/** A ref that is typed in full: with its kind or its namespace. */
const REF = /^(?:group:)?[^\s:/]+\/[^\s:/]+$|^group:[^\s:/]+$/i;

function option({ groupEntityRef, displayName }) {
  return { value: groupEntityRef, text: displayName || shortRef(groupEntityRef), note: groupEntityRef };
}

/** Returns the name of a group, with its ref if other groups have the same name. */
function distinct({ value, text }, all) {
  return all.filter((it) => it.text === text).length > 1 ? `${text} (${shortRef(value)})` : text;
}

async function search(action, q, limit, signal) {
  const answer = await read('groups', { q, permission: servicePermission(action), limit }, signal);
  return { options: answer.groups.map(option), truncated: answer.truncated };
}

/**
 * Creates a filter by group. The groups are loaded afterwards, so that the list does not wait for
 * them. If there are more groups than a list can show, the filter then searches for them.
 *
 * @param {string[][]} [special] pairs of a value and its text, which come before the groups
 */
export function groupFilter(special = []) {
  const name = 'groupEntityRef';
  const first = [['', texts.all], ...special];
  let current = choiceFilter(name, texts.group, first);
  load();

  async function load() {
    const found = await search('read', '', MANY).catch(() => ({ options: [], truncated: true }));
    const loaded = found.truncated
      ? searchFilter(name, special)
      : choiceFilter(name, texts.group, [...first, ...found.options.map((it) => [it.value, distinct(it, found.options)])]);
    loaded.set(current.get());
    const hadFocus = document.activeElement === current.control;
    loaded.element.hidden = current.element.hidden;
    current.element.replaceWith(loaded.element);
    current = loaded;
    if (hadFocus) {
      current.control.focus();
    }
  }

  return {
    name,
    get element() {
      return current.element;
    },
    get control() {
      return current.control;
    },
    get: () => current.get(),
    set: (value) => current.set(value),
    /** Returns the text of the chosen value. */
    text: () => (current.control.localName === 'select' ? current.control.selectedOptions[0]?.text : current.control.value) ?? '',
  };
}

/** Also offers a ref that is typed in full, because the search may fail. */
function searchFilter(name, special) {
  const offered = special.map(([value, text]) => ({ value, text, note: '' }));
  const typed = (q) => (REF.test(q) ? [{ value: q, text: q, note: texts.asTyped }] : []);

  async function find(q, signal) {
    try {
      const { options, truncated } = await search('read', q, FEW, signal);
      const isKnown = options.some(({ note }) => note === q.toLowerCase());
      return [...(q ? [] : offered), ...options, ...(isKnown ? [] : typed(q)), ...(truncated ? [MORE] : [])];
    } catch (e) {
      if (e.name === 'AbortError') {
        throw e;
      }
      return typed(q);
    }
  }

  return comboFilter(name, texts.group, {
    placeholder: texts.all,
    listLabel: texts.groups,
    search: find,
    name: async (ref) => {
      const { options } = await search('read', ref, FEW);
      return [...offered, ...options].find(({ value }) => value === ref) ?? { value: ref, text: ref, note: '' };
    },
  });
}

/**
 * Creates a combobox of the groups for which the user may create tokens. It searches while the user
 * types, and also accepts a ref that is typed in full.
 *
 * @param {{onChange: function(): void}} options
 */
export function groupPicker({ onChange }) {
  const input = el('input', { class: 'input', type: 'text', name: 'group', required: true });
  let truncated = true;
  const box = combobox(input, {
    label: texts.groups,
    onChange,
    async search(q, signal) {
      const found = await search('write', q, FEW, signal);
      truncated = found.truncated;
      return truncated ? [...found.options, MORE] : found.options;
    },
  });
  return {
    input,
    element: el('div', { class: 'combo' }, input, box.list),
    /** The chosen ref, or the typed text. The server checks that the group exists. */
    value: () => box.taken()?.value ?? input.value.trim(),
    /** The chosen ref. */
    ref: () => box.chosen()?.value ?? '',
    /** Shows a group as chosen. */
    show(ref, displayName) {
      box.show(option({ groupEntityRef: ref, displayName }));
    },
    /** Chooses the group whose name or ref is this text, if there is one. */
    async find(text) {
      if ((await box.find(text)) && input.value === text) {
        box.taken();
      }
    },
    /** Loads the groups, and preselects a single one. */
    async prepare() {
      if ((await box.find('')) && box.offered().length === 1 && !truncated && input.value === '') {
        box.choose(box.offered()[0]);
      }
    },
  };
}
