/** Groups of the directory: as the values of a filter, and to choose one of. */

import { read } from './api.js';
import { el, fill, newId } from './dom.js';
import { servicePermission } from './session.js';
import { shortRef } from './format.js';
import { texts } from './texts.js';

const MANY = 200;
const FEW = 20;
const TYPING_PAUSE = 150;

/** How a group is called. */
export function groupName(group) {
  return group.displayName || shortRef(group.groupEntityRef);
}

/** Fills a filter with the groups whose tokens may be read. */
export async function offerGroups(filter) {
  const answer = await read('groups', { permission: servicePermission('read'), limit: MANY });
  filter.options([
    ['', texts.all],
    ...answer.groups.map((group) => [group.groupEntityRef, groupName(group)]),
  ]);
}

/**
 * A combobox of the groups for which one may create tokens: it searches as one types, and takes a
 * ref that is typed in full, too.
 *
 * @param {{id: string, describedBy: string, onChange: function()}} options
 */
export function groupPicker({ id, describedBy, onChange }) {
  const listId = newId('groups');
  const list = el('ul', { id: listId, role: 'listbox', 'aria-label': texts.groups, hidden: true });
  const input = el('input', {
    class: 'input',
    id,
    type: 'text',
    name: 'group',
    role: 'combobox',
    required: true,
    'aria-expanded': 'false',
    'aria-controls': listId,
    'aria-autocomplete': 'list',
    'aria-describedby': describedBy,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
  });
  let chosen = null;
  let offered = [];
  let active = -1;
  let pause = 0;
  let search = new AbortController();

  function mark(index) {
    active = index;
    [...list.children].forEach((option, at) => {
      option.classList.toggle('is-active', at === index);
      option.setAttribute('aria-selected', String(at === index));
    });
    if (index < 0) {
      input.removeAttribute('aria-activedescendant');
    } else {
      input.setAttribute('aria-activedescendant', list.children[index].id);
      list.children[index].scrollIntoView({ block: 'nearest' });
    }
  }

  function close() {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    mark(-1);
  }

  function open() {
    if (offered.length > 0) {
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
    } else {
      close();
    }
  }

  function choose(group) {
    chosen = group;
    input.value = groupName(group);
    close();
    onChange();
  }

  function offer(groups) {
    offered = groups;
    fill(
      list,
      groups.map((group) =>
        el(
          'li',
          {
            id: newId('group'),
            role: 'option',
            'aria-selected': 'false',
            on: {
              // Before the input loses the focus.
              mousedown: (event) => event.preventDefault(),
              click: () => choose(group),
            },
          },
          el('span', null, groupName(group)),
          ' ',
          el('code', { class: 'quiet' }, group.groupEntityRef),
        ),
      ),
    );
    mark(-1);
  }

  async function find(q) {
    search.abort();
    search = new AbortController();
    const query = { q, permission: servicePermission('write'), limit: FEW };
    try {
      const answer = await read('groups', query, search.signal);
      offer(answer.groups);
      return answer;
    } catch (e) {
      if (e.name === 'AbortError') {
        return null;
      }
      // A ref can still be typed in full, and creating the token says whether there is such a group.
      offer([]);
      return { groups: [], truncated: true };
    }
  }

  async function findAndOpen(q) {
    if (await find(q)) {
      if (document.activeElement === input) {
        open();
        if (q && offered.length > 0) {
          mark(0);
        }
      }
    }
  }

  input.addEventListener('input', () => {
    chosen = null;
    clearTimeout(pause);
    pause = setTimeout(() => findAndOpen(input.value.trim()), TYPING_PAUSE);
    onChange();
  });
  input.addEventListener('click', () => {
    if (list.hidden) {
      findAndOpen(chosen ? '' : input.value.trim());
    }
  });
  input.addEventListener('blur', () => {
    close();
    takeExactly();
  });
  input.addEventListener('keydown', (event) => {
    const count = offered.length;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (list.hidden) {
        findAndOpen(chosen ? '' : input.value.trim()).then(() => {
          if (!list.hidden && active < 0) {
            mark(step > 0 ? 0 : offered.length - 1);
          }
        });
      } else {
        mark((active + step + count) % count);
      }
    } else if (event.key === 'Enter' && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(offered[active]);
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });

  /** A name that is typed in full is as good as chosen. */
  function takeExactly() {
    const typed = input.value.trim().toLowerCase();
    const named = offered.filter((group) => groupName(group).toLowerCase() === typed);
    if (!chosen && named.length === 1) {
      choose(named[0]);
    }
  }

  return {
    input,
    element: el('div', { class: 'combo' }, input, list),
    /** The ref that was chosen, or what was typed. */
    value() {
      takeExactly();
      return chosen ? chosen.groupEntityRef : input.value.trim();
    },
    /** What to show of the group: its ref, once it is known. */
    ref: () => chosen?.groupEntityRef ?? '',
    /** Offers what there is, and takes it if it is only one. */
    async prepare() {
      const answer = await find('');
      if (answer && answer.groups.length === 1 && !answer.truncated && input.value === '') {
        choose(answer.groups[0]);
      }
    },
  };
}
