/** The theme of the pages: that of the system, light or dark. The choice is kept in this browser. */

import { attribute, el, icon, newId } from './dom.js';
import { texts } from './texts.js';

/** Also read by early.js. */
const KEY = 'access-tokens.theme';

/** The choices, in the order in which they are offered. */
export const THEMES = /** @type {const} */ (['system', 'light', 'dark']);
/** @typedef {typeof THEMES[number]} Theme */

const ICONS = { system: 'screen', light: 'sun', dark: 'moon' };

/** @type {Set<function(): void>} */
const listeners = new Set();

/** @returns {Theme} */
export function theme() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

/** @param {Theme} chosen */
export function setTheme(chosen) {
  attribute(document.documentElement, 'data-theme', chosen === 'system' ? null : chosen);
  try {
    if (chosen === 'system') {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, chosen);
    }
  } catch {
    // Storage is blocked: the choice is valid for this page only.
  }
  listeners.forEach((listener) => listener());
}

/** @param {Theme} name */
function themeIcon(name) {
  return icon(ICONS[name]);
}

/** Returns the theme that is visible now. */
function visible() {
  const dark = theme() === 'dark' || (theme() === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  return dark ? 'dark' : 'light';
}

/**
 * Makes a button switch between light and dark.
 *
 * @param {HTMLElement} button
 */
export function themeSwitch(button) {
  const update = () => {
    const next = visible() === 'dark' ? 'light' : 'dark';
    button.setAttribute('aria-label', texts.switchTheme(next));
    button.title = texts.switchTheme(next);
    button.replaceChildren(themeIcon(next));
  };
  button.addEventListener('click', () => setTheme(visible() === 'dark' ? 'light' : 'dark'));
  listeners.add(update);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', update);
  update();
}

/** Creates the choice of the theme. */
export function themeChoice() {
  const name = newId('theme');
  const radios = THEMES.map((value) =>
    el('input', {
      type: 'radio',
      name,
      value,
      props: { checked: value === theme() },
      on: { change: () => setTheme(value) },
    }),
  );
  listeners.add(() => radios.forEach((radio) => (radio.checked = radio.value === theme())));
  return el(
    'div',
    { class: 'segments', role: 'radiogroup', 'aria-label': texts.theme },
    radios.map((radio) => el('label', null, radio, texts.themes[radio.value])),
  );
}

// Another tab of this browser has changed the theme.
addEventListener('storage', (event) => {
  if (event.key === KEY) {
    const value = event.newValue;
    attribute(document.documentElement, 'data-theme', value === 'light' || value === 'dark' ? value : null);
    listeners.forEach((listener) => listener());
  }
});
