/**
 * Shows a raw token, once. It is held by this dialog's elements alone: not in a variable that
 * outlives it, the URL, a storage, the history or the console.
 */

import { callAddress, ROOT } from './api.js';
import { announce, button, el, fill, newId, spoken } from './dom.js';
import { longDay } from './format.js';
import { openDialog } from './dialog.js';
import { texts } from './texts.js';

/** Puts a text into the clipboard, also where pages are not served over a secure connection. */
async function copy(text, field) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed to: the way below may be.
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
 *     focusAfter: function(): Element}} what whose token it is in words, commands that use it, and
 *     what has the focus afterwards
 * @returns {Promise<void>} when it is closed
 */
export function showOnce(rawToken, { whose, commands, focusAfter }) {
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

    const copyButton = button(
      texts.copy,
      async () => {
        const done = await copy(field.value, field);
        copied.textContent = done ? texts.copied : texts.copyByHand;
        if (!done) {
          field.focus();
          field.select();
        }
      },
      { class: 'btn btn-primary' },
    );

    const dialog = openDialog({
      title: texts.tokenCreated,
      body: [
        el(
          'div',
          { class: 'note' },
          el('strong', null, texts.copyNow),
          el('p', null, texts.shownOnce),
        ),
        el(
          'div',
          { class: 'field' },
          el('label', { for: fieldId }, texts.rawToken),
          el('div', { class: 'secret' }, field, copyButton),
          copied,
          el('p', { class: 'hint', id: hintId }, whose),
        ),
        commands.map(command),
      ],
      foot: [],
      mayClose: ask,
      focusAfter,
    });

    const foot = dialog.element.querySelector('.foot');

    function done() {
      fill(foot, button(texts.done, close));
    }

    function ask() {
      if (foot.querySelector('[role="alertdialog"]')) {
        return false;
      }
      const titleId = newId('ask-title');
      const textId = newId('ask-text');
      const keep = button(texts.keepOpen, () => {
        done();
        field.focus();
      }, { class: 'btn btn-primary' });
      fill(
        foot,
        el(
          'div',
          { class: 'row', role: 'alertdialog', 'aria-labelledby': titleId, 'aria-describedby': textId },
          el(
            'div',
            { class: 'stack-tight' },
            el('strong', { id: titleId }, texts.closeQuestion),
            el('p', { class: 'quiet', id: textId }, texts.closeConsequence),
          ),
          button(texts.close, close),
          keep,
        ),
      );
      keep.focus();
      return false;
    }

    function close() {
      scrub();
      dialog.close();
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
      event.preventDefault();
      event.returnValue = ''; // older browsers
      ask();
    }

    window.addEventListener('beforeunload', warn);
    window.addEventListener('pagehide', scrub); // or going back might bring it back
    rawToken = '';
    done();
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

/** A command that tries a token, which it reads from the prompt. */
export function whoAmICommand() {
  return {
    title: texts.tryIt,
    text: texts.curlCommand(callAddress('whoami')),
    hint: texts.curlHint,
  };
}

/** A command that exchanges a personal token for a JWT. */
export function exchangeCommand() {
  return {
    title: texts.exchange,
    text: texts.exchangeCommand(new URL('api/auth/v1/token', ROOT).href),
    hint: texts.exchangeHint,
  };
}

/** What a token is for, below it. */
export function whoseToken(lead, name, group, expiresAt) {
  return [lead, el('strong', { class: 'any' }, name), texts.ofGroupUntil(group, longDay(expiresAt))];
}
