/** Groups of the directory, as values of a filter and as choices of a field. */

import { read } from './api.js';
import { combobox } from './combobox.js';
import { el } from './dom.js';
import { comboFilter, choiceFilter } from './filters.js';
import { shortRef } from './format.js';
import { servicePermission } from './session.js';
import { texts } from './texts.js';

const MANY = 100;
const FEW = 20;

function option({ groupEntityRef, displayName }) {
  return { value: groupEntityRef, text: displayName || shortRef(groupEntityRef), note: groupEntityRef };
}

async function search(action, q, limit, signal) {
  const answer = await read('groups', { q, permission: servicePermission(action), limit }, signal);
  return { options: answer.groups.map(option), truncated: answer.truncated };
}

/**
 * Creates a filter by group. If there are more groups than a list can show, it searches for them.
 */
export async function groupFilter() {
  let found;
  try {
    found = await search('read', '', MANY);
  } catch {
    found = { options: [], truncated: true }; // a ref can still be typed
  }
  if (!found.truncated) {
    return choiceFilter('groupEntityRef', texts.group, [
      ['', texts.all],
      ...found.options.map(({ value, text }) => [value, text]),
    ]);
  }
  return comboFilter('groupEntityRef', texts.group, {
    placeholder: texts.all,
    listLabel: texts.groups,
    search: async (q, signal) => (await search('read', q, FEW, signal)).options,
    name: async (ref) => {
      const { options } = await search('read', ref, FEW);
      return options.find(({ value }) => value === ref) ?? { value: ref, text: ref, note: '' };
    },
    takesText: true,
  });
}

/**
 * Creates a combobox of the groups for which the user may create tokens. It searches while the user
 * types, and also accepts a ref that is typed in full.
 *
 * @param {{onChange: function()}} options
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
      return found.options;
    },
  });
  return {
    input,
    element: el('div', { class: 'combo' }, input, box.list),
    /** The chosen ref, or the typed text. The server checks that the group exists. */
    value: () => box.taken()?.value ?? input.value.trim(),
    /** The chosen ref. */
    ref: () => box.chosen()?.value ?? '',
    /** Loads the groups, and preselects a single one. */
    async prepare() {
      if ((await box.find('')) && box.offered().length === 1 && !truncated && input.value === '') {
        box.choose(box.offered()[0]);
      }
    },
  };
}
