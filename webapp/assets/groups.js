/** Groups of the directory: as the values of a filter, and to choose one of. */

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

/** A filter by group; where there are more groups than a list can show, they are searched for. */
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
 * A combobox of the groups for which one may create tokens: it searches as one types, and takes a
 * ref that is typed in full, too.
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
    /** The ref that was chosen, or what was typed: the server says whether there is such a group. */
    value: () => box.chosen()?.value ?? input.value.trim(),
    /** The ref that was chosen. */
    ref: () => box.chosen()?.value ?? '',
    /** Offers what there is, and takes it if it is only one. */
    async prepare() {
      if ((await box.find('')) && box.offered().length === 1 && !truncated && input.value === '') {
        box.choose(box.offered()[0]);
      }
    },
  };
}
