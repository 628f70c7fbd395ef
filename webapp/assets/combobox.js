/** A text field that searches for options while the user types (ARIA combobox). */

import { el, fill, newId } from './dom.js';
import { foldCase } from './format.js';
import { texts } from './texts.js';

const TYPING_PAUSE = 150;

/** @typedef {{value: string, text: string, note: string}} Option */

/** Follows the options if more of them match. It says so, and cannot be chosen. */
export const MORE = { value: '', text: texts.moreOptions, note: '' };

/**
 * Makes a field a combobox.
 *
 * @param {HTMLInputElement} input
 * @param {{label: string, search: function(string, AbortSignal): Promise<Option[]>, onChange:
 *     function(): void, onLeave?: function(): void}} how `label` names the list of options, and `search`
 *     returns the options for a text, with {@link MORE} at the end if others match too. `onChange` is
 *     called when an option was chosen or a text was typed, `onLeave` when the user leaves a text that
 *     names no option. An option is `{value, text, note}`.
 */
export function combobox(input, { label, search, onChange, onLeave }) {
  const listId = newId('options');
  const list = el('ul', { id: listId, role: 'listbox', 'aria-label': label, hidden: true });
  let chosen = null;
  let offered = [];
  let offeredFor = null;
  let active = -1;
  let pause = 0;
  let searching = new AbortController();

  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-controls': listId,
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
  })) {
    input.setAttribute(name, value);
  }

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

  function choose(option) {
    clearTimeout(pause);
    searching.abort(); // a late response would open the list again
    chosen = option;
    input.value = option?.text ?? '';
    close();
    onChange();
  }

  function offer(options) {
    offered = options.filter((option) => option !== MORE);
    fill(
      list,
      offered.map((option) =>
        el(
          'li',
          {
            id: newId('option'),
            role: 'option',
            'aria-selected': 'false',
            on: {
              // Runs before the input loses the focus.
              mousedown: (event) => event.preventDefault(),
              click: () => choose(option),
            },
          },
          el('span', null, option.text),
          ' ',
          el('code', { class: 'quiet any' }, option.note),
        ),
      ),
      options.includes(MORE) &&
        el(
          'li',
          { class: 'quiet small', role: 'option', 'aria-disabled': 'true', on: { mousedown: (event) => event.preventDefault() } },
          MORE.text,
        ),
    );
    mark(-1);
  }

  /** Shows the options for a text; returns false if another search was started meanwhile. */
  async function find(text) {
    searching.abort();
    searching = new AbortController();
    try {
      offer(await search(text, searching.signal));
      offeredFor = text;
      return true;
    } catch (e) {
      if (e.name === 'AbortError') {
        return false;
      }
      offer([]); // a text that is typed in full still counts
      offeredFor = null;
      return true;
    }
  }

  async function findAndOpen(text) {
    if ((await find(text)) && document.activeElement === input) {
      open();
      if (text && offered.length > 0) {
        mark(0);
      }
    }
  }

  /** Chooses the option whose text is typed in full. */
  function takeExactly() {
    const typed = foldCase(input.value.trim());
    const named = offered.filter(
      (option) => foldCase(option.text) === typed || foldCase(option.note) === typed,
    );
    if (!chosen && typed && named.length === 1) {
      choose(named[0]);
    }
  }

  /**
   * Ends the typing, after the user leaves the field or presses Enter. It chooses an option that is
   * typed in full; any other text is passed to `onLeave`.
   */
  async function settle({ isLeft }) {
    clearTimeout(pause);
    takeExactly();
    const typed = input.value.trim();
    if (!chosen && typed && typed !== offeredFor) {
      await find(typed);
      if ((isLeft && document.activeElement === input) || input.value.trim() !== typed) {
        return;
      }
      takeExactly();
    }
    if (!chosen) {
      onLeave?.();
    }
  }

  const typedText = () => (chosen ? '' : input.value.trim());

  input.addEventListener('input', () => {
    chosen = null;
    clearTimeout(pause);
    pause = setTimeout(() => findAndOpen(input.value.trim()), TYPING_PAUSE);
    onChange();
  });
  input.addEventListener('click', () => {
    if (list.hidden) {
      findAndOpen(typedText());
    }
  });
  input.addEventListener('blur', () => {
    close();
    settle({ isLeft: true });
  });
  input.addEventListener('keydown', async (event) => {
    if (event.isComposing) {
      return; // the key is for the input method
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const wasOpen = !list.hidden;
      if (!wasOpen) {
        await findAndOpen(typedText());
      }
      if (!list.hidden && active < 0) {
        mark(step > 0 ? 0 : offered.length - 1);
      } else if (wasOpen) {
        mark((active + step + offered.length) % offered.length);
      }
    } else if (event.key === 'Enter' && !list.hidden && active >= 0) {
      event.preventDefault();
      choose(offered[active]);
    } else if (event.key === 'Enter' && onLeave && typedText()) {
      event.preventDefault();
      settle({ isLeft: false });
    } else if (event.key === 'Escape' && (!list.hidden || (onLeave && typedText()))) {
      event.preventDefault();
      event.stopPropagation();
      clearTimeout(pause);
      searching.abort();
      close();
      if (!chosen) {
        onLeave?.();
      }
    }
  });

  return {
    list,
    find,
    choose,
    /** The chosen option, or null. */
    chosen: () => chosen,
    /** The chosen option, or the one whose text is typed in full. */
    taken() {
      takeExactly();
      return chosen;
    },
    /** Shows an option as chosen, without calling `onChange`. */
    show(option) {
      chosen = option;
      input.value = option?.text ?? '';
    },
    offered: () => offered,
  };
}
