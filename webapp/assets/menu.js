/** Menus of actions, and groups of buttons that are one tab stop (WAI-ARIA APG). */

import { el, icon, newId } from './dom.js';

/**
 * @typedef {{label: string, icon?: string, onSelect?: function(): void, href?: string, danger?:
 *     boolean}} MenuItem an item with `href` is a link
 */

/**
 * Creates a button that opens a menu. The menu exists only while it is open. It is in the top layer,
 * so that no panel or dialog cuts it off. Its style sheet rule places it below the button.
 *
 * @param {string} label the accessible name of the button and its menu
 * @param {(MenuItem|null)[]|function(): (MenuItem|null)[]} items null separates two groups of items;
 *     a function is called each time the menu opens
 * @param {object} [attributes] of the button
 * @param {...(Node|string)} content of the button; an icon by default
 * @returns {HTMLButtonElement}
 */
export function menuButton(label, items, attributes = {}, ...content) {
  const opener = /** @type {HTMLButtonElement} */ (
    el(
      'button',
      {
        class: 'btn btn-icon btn-small btn-bare',
        type: 'button',
        'aria-label': content.length > 0 ? null : label,
        'aria-haspopup': 'menu',
        'aria-expanded': 'false',
        ...attributes,
      },
      content.length > 0 ? content : icon('more'),
    )
  );
  /** @type {HTMLElement|null} */
  let menu = null;

  /** @returns {HTMLElement[]} */
  const entries = () => /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('[role="menuitem"]')]);

  /** @param {number} index of the item that gets the focus; -1 for the last one */
  function open(index) {
    menu = /** @type {HTMLElement} */ (
      el(
        'div',
        { class: 'menu', role: 'menu', 'aria-label': label, id: newId('menu'), popover: 'auto' },
        (typeof items === 'function' ? items() : items).map((item) => (item ? entry(item) : el('div', { role: 'separator' }))),
      )
    );
    menu.addEventListener('keydown', onKey);
    const opened = menu;
    opened.addEventListener('toggle', (event) => /** @type {ToggleEvent} */ (event).newState === 'closed' && closed(opened));
    opener.after(menu);
    opener.setAttribute('aria-expanded', 'true');
    opener.setAttribute('aria-controls', menu.id);
    /** @type {any} */ (menu).showPopover({ source: opener });
    entries().at(index)?.focus();
  }

  /** @param {MenuItem} item */
  function entry({ label: text, icon: name, onSelect, href, danger }) {
    return el(
      href ? 'a' : 'button',
      {
        role: 'menuitem',
        class: danger ? 'is-danger' : null,
        type: href ? null : 'button',
        href,
        tabindex: '-1',
        on: {
          click() {
            close();
            onSelect?.();
          },
          // The pointer and the arrow keys move the same mark.
          pointermove: (event) => event.currentTarget.focus(),
        },
      },
      name && icon(name),
      text,
    );
  }

  /** Closes the menu, and gives the focus back to the button. */
  function close() {
    const before = menu;
    if (before) {
      opener.focus();
      before.hidePopover();
      closed(before);
    }
  }

  /** Runs once for each menu: the browser also closes it, for example after a click elsewhere. */
  function closed(before) {
    before.remove();
    if (menu === before) {
      menu = null;
      opener.setAttribute('aria-expanded', 'false');
      opener.removeAttribute('aria-controls');
    }
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const all = entries();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    switch (event.key) {
      case 'ArrowDown':
        all[(at + 1) % all.length].focus();
        break;
      case 'ArrowUp':
        all.at(at < 0 ? -1 : at - 1).focus();
        break;
      case 'Home':
        all[0].focus();
        break;
      case 'End':
        all.at(-1).focus();
        break;
      case 'Escape':
        close();
        break;
      case 'Tab':
        close();
        return; // the focus then moves on from the button
      default:
        if (event.key.length === 1 && event.key !== ' ') {
          const letter = event.key.toLowerCase();
          [...all.slice(at + 1), ...all.slice(0, at + 1)].find((it) => it.textContent.toLowerCase().startsWith(letter))?.focus();
        }
        event.stopPropagation(); // no shortcut of the page
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // The browser closes an open menu when the press on its button begins.
  let wasOpen = false;
  opener.addEventListener('pointerdown', () => {
    wasOpen = menu !== null;
  });
  opener.addEventListener('click', () => {
    if (menu) {
      close();
    } else if (!wasOpen) {
      open(0);
    }
    wasOpen = false;
  });
  opener.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      event.stopPropagation();
      open(event.key === 'ArrowDown' ? 0 : -1);
    }
  });
  return opener;
}

/**
 * Creates a group of buttons that is one tab stop: the arrow keys move between its buttons.
 *
 * @param {string} label the accessible name of the group
 * @param {HTMLElement[]} controls the first one is the tab stop at the beginning
 */
export function actionGroup(label, controls) {
  const enter = (/** @type {HTMLElement} */ current) =>
    controls.forEach((control) => {
      control.tabIndex = control === current ? 0 : -1;
    });
  enter(controls[0]);
  return el(
    'div',
    {
      class: 'acts',
      role: controls.length > 1 ? 'toolbar' : null,
      'aria-label': controls.length > 1 ? label : null,
      on: {
        /** @param {FocusEvent} event */
        focusin(event) {
          const target = /** @type {HTMLElement} */ (event.target);
          if (controls.includes(target)) {
            enter(target);
          }
        },
        /** @param {KeyboardEvent} event */
        keydown(event) {
          const at = controls.indexOf(/** @type {HTMLElement} */ (event.target));
          const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (at >= 0 && step) {
            event.preventDefault();
            controls.at((at + step) % controls.length).focus();
          }
        },
      },
    },
    controls,
  );
}
