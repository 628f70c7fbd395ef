/** Keyboard shortcuts of all pages. */

import { button, el, newId } from './dom.js';
import { onDemand } from './ondemand.js';
import { texts } from './texts.js';

/** Single-key shortcuts can be turned off (WCAG 2.2, success criterion 2.1.4). */
const KEY = 'access-tokens.single-keys';
const FIELDS =
  'textarea, select, [contenteditable], [role="menu"], [role="listbox"],' +
  ' input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"])';

/** True on a keyboard with a command key. */
export const isMac = document.documentElement.dataset.keys === 'mac';

/**
 * Starts to listen for shortcuts.
 *
 * @param {{palette: function(): void, create: (function(): void)|null}} actions `create` is null if
 *     the user may not create tokens
 */
export function startShortcuts(actions) {
  const keys = {
    '/': () => {
      const field = searchField();
      if (field) {
        field.focus();
        field.select();
      } else {
        actions.palette();
      }
    },
    '?': () => showShortcuts(actions.create !== null),
    c: actions.create,
  };
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || document.querySelector('dialog[open]')) {
      return;
    }
    const hasCommand = event.metaKey || event.ctrlKey;
    const run = hasCommand ? event.key.toLowerCase() === 'k' && !event.shiftKey && actions.palette : singleKey(event);
    if (run) {
      event.preventDefault();
      run();
    }
  });

  /** @param {KeyboardEvent} event */
  function singleKey(event) {
    const isTyping = /** @type {Element|null} */ (event.target)?.closest?.(FIELDS);
    return !isTyping && !event.repeat && usesSingleKeys() && keys[event.key];
  }
}

/** Returns the visible search field of the page, or undefined. */
function searchField() {
  const fields = document.querySelectorAll(
    'main [type="search"], main [role="search"] input:not([type="radio"], [type="checkbox"])',
  );
  return /** @type {HTMLInputElement|undefined} */ ([...fields].find((field) => field.checkVisibility()));
}

function usesSingleKeys() {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true; // the browser does not allow storage
  }
}

/** @param {boolean} isOn */
function useSingleKeys(isOn) {
  try {
    if (isOn) {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, 'off');
    }
  } catch {
    // Storage is blocked: the choice is not kept.
  }
}

/** Shows the shortcuts. Its argument is true if the user may create tokens. */
export const showShortcuts = onDemand(() => import('./dialog.js'), ({ openDialog }, mayCreate) => open(openDialog, mayCreate));

/**
 * @param {typeof import('./dialog.js').openDialog} openDialog
 * @param {boolean} mayCreate
 */
function open(openDialog, mayCreate) {
  const hintId = newId('single-keys');
  const command = isMac ? '⌘' : 'Ctrl';
  const rows = /** @type {[string[], string][]} */ ([
    [[command, 'K'], texts.shortcuts.palette],
    [['/'], texts.shortcuts.search],
    mayCreate && [['C'], texts.shortcuts.create],
    [['?'], texts.shortcuts.help],
    [['Esc'], texts.shortcuts.close],
  ].filter((row) => row));
  const dialog = openDialog({
    title: texts.keyboardShortcuts,
    slim: true,
    body: [
      el(
        'dl',
        { class: 'keys' },
        rows.map(([keys, text]) => [el('dt', null, text), el('dd', null, keys.map((key) => el('kbd', null, key)))]),
      ),
      el(
        'div',
        { class: 'stack-tight' },
        el(
          'label',
          { class: 'option' },
          el('input', {
            type: 'checkbox',
            'aria-describedby': hintId,
            props: { checked: usesSingleKeys() },
            on: { change: (event) => useSingleKeys(event.target.checked) },
          }),
          texts.singleKeys,
        ),
        el('p', { class: 'hint', id: hintId }, texts.singleKeysHint),
      ),
    ],
    foot: [button(texts.close, () => dialog.close(), { class: 'btn btn-primary' })],
  });
  /** @type {HTMLElement} */ (dialog.element.querySelector('.sheet-foot .btn')).focus();
}
