/** Commands and examples that can be copied, and buttons that copy. */

import { copyText } from './copyable.js';
import { button, el, fill, icon, spoken } from './dom.js';
import { texts } from './texts.js';

/**
 * Creates a button that copies a text, and says so until the end of its dialog. It selects the text
 * if copying is not allowed. Its width stays the same.
 *
 * @param {{text: function(): string, select: function(): void, onDone: function(boolean): void, label?: string,
 *     className: string, isWide?: boolean}} what
 */
export function lastingCopyButton({ text, select, onDone, label = '', className, isWide = false }) {
  const made = button('', press, { class: className });
  show(false);
  return made;

  async function press() {
    const done = await copyText(text(), select);
    show(done);
    onDone(done);
  }

  function show(done) {
    const name = done ? texts.copiedShort : texts.copy;
    fill(made, icon(done ? 'check' : 'copy'), isWide ? name : spoken(`${name}${label}`));
  }
}

/**
 * Shows commands that can be copied. Long lines scroll, and are never broken.
 *
 * @param {{title: string, text: string, label?: string}} what `label` completes the name of the button that copies,
 *     which begins with “Copy”
 */
export function codeBlock({ title, text, label = texts.copyCommand(title) }) {
  const code = el('code', null, text);
  const status = el('span', { class: 'sr', role: 'status' });
  const copier = lastingCopyButton({
    text: () => text,
    select: () => getSelection()?.selectAllChildren(code),
    onDone: (done) => (status.textContent = done ? texts.copied : texts.copyByHand),
    label,
    className: 'btn btn-icon btn-small btn-bare',
  });
  return el('div', { class: 'code' }, el('pre', { tabindex: 0, role: 'group', 'aria-label': title }, code), copier, status);
}

/**
 * Returns a command that reads a secret from a prompt, and then runs these lines. It works in each
 * shell, because only bash interprets it. No variable, history or argument of a process keeps the
 * secret: printf is a part of bash.
 */
export function prompted(...lines) {
  return [`bash -c 'read -rsp "Token: " TOKEN && echo >&2 &&`, ...lines].join('\n  ') + "'";
}

/** Returns an address without any character that a shell interprets, in quotes or outside. */
export function forShell(address) {
  return address.replace(/[^\w:/.~%[\]-]/gu, (it) => encodeURIComponent(it).replace(/['()*!]/g, escaped));
}

function escaped(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
