/**
 * Shows a raw token once. Only the elements of this dialog hold it: no variable that outlives the
 * dialog, no URL, no storage, no history and no console.
 */

import { callAddress, ROOT } from './api.js';
import { announce, button, el, newId, spoken } from './dom.js';
import { longDay } from './format.js';
import { openDialog } from './dialog.js';
import { texts } from './texts.js';

/** Copies a text to the clipboard, also on pages without a secure connection. */
async function copy(text, field) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // The clipboard API is not allowed; the way below may be.
    }
  }
  if (!field) {
    return false;
  }
  field.focus();
  field.select();
  return document.execCommand('copy');
}

/**
 * Opens the dialog.
 *
 * @param {string} rawToken
 * @param {{whose: (Node|string)[], commands: {title: string, text: string, hint?: string}[],
 *     focusAfter: function(): Element, title?: string, lead?: string, label?: string, about?: Node,
 *     lost?: string}} what a text about the token's owner, commands that use the token, the element
 *     that gets the focus afterwards, the title, the request to copy, the label of the secret,
 *     further content below it, and the consequence of closing without a copy
 * @returns {Promise<void>} resolves when the dialog is closed
 */
export function showOnce(rawToken, what) {
  const { whose, commands, focusAfter, about } = what;
  return new Promise((resolve) => {
    const fieldId = newId('raw');
    const hintId = newId('raw-hint');
    const field = el('textarea', {
      class: 'input',
      id: fieldId,
      rows: 1,
      readonly: true,
      spellcheck: 'false',
      autocomplete: 'off',
      'aria-describedby': hintId,
      props: { value: rawToken },
    });
    const copied = el('p', { class: 'hint', role: 'status' });
    let isCopied = false;

    const copyButton = button(
      texts.copy,
      async () => {
        const done = await copy(field.value, field);
        isCopied ||= done;
        copied.textContent = done ? texts.copied : texts.copyByHand;
        if (!done) {
          field.focus();
          field.select();
        }
      },
      { class: 'btn btn-primary' },
    );
    // Copying by keyboard or context menu also counts, but a part of the token is useless.
    field.addEventListener('copy', () => {
      if (field.selectionStart === 0 && field.selectionEnd === field.value.length) {
        isCopied = true;
        copied.textContent = texts.copied;
      }
    });

    const dialog = openDialog({
      title: what.title ?? texts.tokenCreated,
      body: [
        el(
          'div',
          { class: 'note' },
          el('strong', null, what.lead ?? texts.copyNow),
          el('p', null, texts.shownOnce),
        ),
        el(
          'div',
          { class: 'field' },
          el('label', { for: fieldId }, what.label ?? texts.rawToken),
          el('div', { class: 'secret' }, field, copyButton),
          copied,
          el('p', { class: 'hint', id: hintId }, whose),
        ),
        about,
        commands.map(command),
      ],
      foot: [button(texts.done, () => dialog.leave())],
      guard,
      onClose: closed,
      focusAfter,
    });

    /** Asks a question only while leaving would lose the token. */
    function guard() {
      if (isCopied) {
        return null;
      }
      return {
        title: texts.closeQuestion,
        text: what.lost ?? texts.closeConsequence,
        leave: texts.close,
        stay: texts.keepOpen,
        onStay: () => {
          field.focus();
          field.select();
        },
      };
    }

    function closed() {
      scrub();
      announce(texts.closed);
      resolve();
    }

    function scrub() {
      field.value = '';
      field.defaultValue = '';
      window.removeEventListener('beforeunload', warn);
      window.removeEventListener('pagehide', scrub);
    }

    function warn(event) {
      if (isCopied) {
        return;
      }
      event.preventDefault();
      event.returnValue = ''; // for older browsers
      dialog.leave();
    }

    window.addEventListener('beforeunload', warn);
    window.addEventListener('pagehide', scrub); // otherwise, going back might show it again
    rawToken = '';
    field.focus();
    field.select();
  });
}

function command({ title, text, hint }) {
  const status = el('span', { class: 'hint', role: 'status' });
  return el(
    'div',
    { class: 'field' },
    el(
      'div',
      { class: 'row spread' },
      el('h3', null, title),
      el(
        'div',
        { class: 'row' },
        status,
        button(
          [texts.copy, spoken(texts.copyCommand(title))],
          async () => {
            status.textContent = (await copy(text)) ? texts.copied : texts.copyByHand;
          },
          { class: 'btn btn-small' },
        ),
      ),
    ),
    el('pre', { class: 'code', tabindex: 0, role: 'group', 'aria-label': title }, el('code', null, text)),
    hint && el('p', { class: 'hint' }, hint),
  );
}

/** Returns a command that tries a token, which it reads from the prompt. */
export function whoAmICommand() {
  return { title: texts.tryIt, text: texts.curlCommand(forShell(callAddress('whoami'))), hint: texts.curlHint };
}

/** Returns a command that exchanges a personal token for a JWT. */
export function exchangeCommand() {
  const address = new URL('api/auth/v1/token', ROOT).href;
  return { title: texts.exchange, text: texts.exchangeCommand(forShell(address)), hint: texts.exchangeHint };
}

/** Returns an address without any character that a shell interprets, in quotes or outside. */
function forShell(address) {
  return address.replace(/[^\w:/.~%[\]-]/gu, (it) => encodeURIComponent(it).replace(/['()*!]/g, escaped));
}

function escaped(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Returns the text below a token: its name, its group and its expiry. */
export function whoseToken(lead, name, group, expiresAt) {
  return [lead, el('strong', { class: 'any' }, name), texts.ofGroupUntil(group, longDay(expiresAt))];
}
