/**
 * Messages about finished actions. A message stays on the screen until the user closes it. The
 * latest ones are kept for this tab, so that they can be read again in the account menu.
 *
 * A message must not contain a secret, because it is kept in `sessionStorage`.
 */

import { storageKey } from './api.js';
import { announce, button, el, icon, spoken } from './dom.js';
import { texts } from './texts.js';

/**
 * @typedef {object} Message
 * @property {'good'|'warn'|'bad'|'info'} kind
 * @property {string} title
 * @property {string} [text]
 * @property {(string|{name: string, text: string})[]} [items] the parts that failed or need
 *     attention
 * @property {{label: string, onClick?: function(): void, href?: string}} [action]
 */

const KEY = storageKey('messages');
/** Maximum number of kept messages. */
const KEPT = 30;
const ICONS = { good: 'check', warn: 'alert', bad: 'alert', info: 'info' };

/** @type {Set<function(): void>} */
const listeners = new Set();

/**
 * Shows a message, announces it politely, and keeps it among the recent messages.
 *
 * @param {Message} message
 * @returns {{close: function(): void, select: function(string): void}} functions that close the
 *     message, and select a part of its text
 */
export function toast(message) {
  keep(message);
  const element = el(
    'div',
    { class: 'toast', role: 'group', 'aria-label': message.title },
    messageIcon(message.kind),
    el(
      'div',
      null,
      el('strong', { class: 'any' }, message.title),
      message.text && el('p', { class: 'quiet' }, message.text),
      itemList(message.items),
      message.action && action(message, () => close()),
    ),
    button([icon('x'), spoken(texts.closeMessage(message.title))], () => close(), {
      class: 'btn btn-icon btn-small btn-bare',
    }),
  );
  const region = toastRegion();
  // An equal message replaces the earlier one, so that no message is shown twice.
  const before = [...region.children].find((it) => it.getAttribute('aria-label') === message.title);
  if (before) {
    before.replaceWith(element);
  } else {
    region.append(element);
  }
  element.scrollIntoView({ block: 'nearest' });
  announce(spokenText(message));

  function close() {
    const focused = element.contains(document.activeElement);
    const next = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    if (region.childElementCount === 0) {
      region.remove();
    }
    if (focused) {
      const heir = next?.querySelector('.btn-icon') ?? document.getElementById('main');
      /** @type {HTMLElement|null} */ (heir)?.focus();
    }
  }

  /** @param {string} part */
  function select(part) {
    const node = /** @type {Text} */ (element.querySelector('p').firstChild);
    const from = node.data.lastIndexOf(part);
    getSelection().setBaseAndExtent(node, from, node, from + part.length);
  }

  return { close, select };
}

/** @param {Message} message */
function spokenText(message) {
  const items = (message.items ?? []).map((item) => (typeof item === 'string' ? item : `${item.name}: ${item.text}`));
  return [message.title, message.text, ...items]
    .filter((part) => part)
    .map((part) => (/[.!?]$/.test(String(part)) ? part : `${part}.`))
    .join(' ');
}

/** @param {string} kind */
export function messageIcon(kind) {
  return icon(ICONS[kind] ?? ICONS.info, `icon ${kind}`);
}

/** @param {Message['items']} items */
export function itemList(items) {
  return (
    items &&
    items.length > 0 &&
    el(
      'ul',
      { tabindex: isLong(items) ? 0 : null, 'aria-label': texts.messageItems },
      items.map((item) =>
        el('li', null, typeof item === 'string' ? item : [el('code', null, item.name), ' ', el('span', { class: 'quiet' }, item.text)]),
      ),
    )
  );
}

/** Returns true if the list can be too high for the window, so that the keyboard must scroll it. */
function isLong(items) {
  return items.length > 5 || items.some((item) => item.length > 100);
}

/**
 * @param {Message} message
 * @param {function(): void} close
 */
function action({ kind, action: { label, onClick, href } }, close) {
  if (href) {
    return el('p', null, el('a', { href }, label));
  }
  const run = () => {
    close();
    onClick();
  };
  return kind === 'bad'
    ? el('div', { class: 'row' }, button(label, run, { class: 'btn btn-small' }))
    : el('p', null, button(label, run, { class: 'link' }));
}

function toastRegion() {
  const region =
    document.querySelector('.toasts') ?? el('section', { class: 'toasts', 'aria-label': texts.messages });
  document.body.append(region);
  return region;
}

// ---- Recent messages

/**
 * Returns the recent messages, the latest first.
 *
 * @returns {(Message & {at: number})[]}
 */
export function recentMessages() {
  return stored().messages;
}

/**
 * Keeps recent messages for one user only. Those of another user in this tab are removed.
 *
 * @param {string} subject
 */
export function keepMessagesFor(subject) {
  if (stored().subject !== subject) {
    store({ subject, messages: [] });
  }
}

/**
 * Registers a listener for new messages.
 *
 * @param {function(): void} listener
 */
export function onMessage(listener) {
  listeners.add(listener);
}

/** @param {Message} message */
function keep({ kind, title, text, items }) {
  const { subject, messages } = stored();
  store({ subject, messages: [{ kind, title, text, items, at: Date.now() }, ...messages].slice(0, KEPT) });
  listeners.forEach((listener) => listener());
}

/** Used in place of the storage if the browser does not allow it. */
let inMemory = null;

function stored() {
  try {
    const value = JSON.parse(sessionStorage.getItem(KEY)) ?? inMemory;
    if (Array.isArray(value?.messages)) {
      return value;
    }
  } catch {
    // Storage is blocked, or another script changed the value.
  }
  return inMemory ?? { subject: null, messages: [] };
}

function store(value) {
  inMemory = value;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(value));
  } catch {
    // Storage is blocked or full: the messages are kept as long as the page.
  }
}
