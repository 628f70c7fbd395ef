/** Short texts that can be copied by a button, such as ids. */

import { announce, button, el, fill, icon } from './dom.js';
import { texts } from './texts.js';
import { toast } from './toasts.js';

/** Time for which the button shows that it has copied, in milliseconds. */
const SHOWN_FOR = 2000;

/**
 * Copies a text. If the browser does not allow it, selects the text, so that the keyboard can copy
 * it.
 *
 * @param {string} text
 * @param {Element|(function(): void)|null} [shown] the element that shows exactly this text, or a
 *     function that selects the text
 * @returns {Promise<boolean>} true if the text was copied
 */
export async function copyText(text, shown = null) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without a secure connection or a permission, only a selected text can be copied.
    if (!shown) {
      return false;
    }
    typeof shown === 'function' ? shown() : getSelection().selectAllChildren(shown);
    return document.execCommand('copy');
  }
}

/**
 * Copies a text and announces the outcome.
 *
 * @param {string} text
 * @param {string} label the name of what is copied
 * @param {Element|null} [shown] the element that shows exactly this text
 */
export async function copyAndAnnounce(text, label, shown = null) {
  const done = await copyText(text, shown);
  announce(done ? texts.copiedWhat(label) : texts.copyByHand, 'copy');
  return done;
}

/**
 * Copies a text that the page does not show, and marks the button of the menu for a moment. If the
 * browser does not allow it, a message shows the text and selects it, so that the keyboard can copy
 * it.
 *
 * @param {string} text
 * @param {string} label the name of what is copied
 * @param {Element} opener the button that opened the menu
 */
export async function copyFromMenu(text, label, opener) {
  if (!(await copyText(text))) {
    toast({ kind: 'warn', title: texts.copyRefused, text: `${label}: ${text}` }).select(text);
    return;
  }
  announce(texts.copiedWhat(label), 'copy');
  fill(opener, icon('check'));
  setTimeout(() => fill(opener, icon('more')), SHOWN_FOR);
}

/**
 * Shows a text in monospace with a button that copies it.
 *
 * @param {string} text
 * @param {string} label the name of the text, such as "ID"
 */
export function copyable(text, label) {
  const shown = el('code', { class: 'any' }, text);
  return el('span', { class: 'copyable' }, shown, copyButton(text, label, shown));
}

/**
 * Creates a button that copies a text. Its size never changes.
 *
 * @param {string} text
 * @param {string} label the name of the text
 * @param {Element|null} [shown] the element that shows exactly this text
 */
export function copyButton(text, label, shown = null) {
  const made = button(
    icon('copy'),
    async () => {
      if (await copyAndAnnounce(text, label, shown)) {
        fill(made, icon('check'));
        setTimeout(() => fill(made, icon('copy')), SHOWN_FOR);
      }
    },
    { class: 'btn btn-icon btn-bare', 'aria-label': texts.copyWhat(label), title: texts.copyWhat(label) },
  );
  return made;
}
