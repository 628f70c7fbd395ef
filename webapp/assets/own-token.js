/** The dialog that creates a personal token. */

import { Failure, page } from './api.js';
import { announce, button, el, fill } from './dom.js';
import { openDialog } from './dialog.js';
import { expiryField } from './expiry.js';
import { field, length, sentence } from './fields.js';
import { reason } from './frame.js';
import { writeFreshly } from './fresh.js';
import { exchangeCommand, showOnce, whoAmICommand, whoseToken } from './once.js';
import { scopesField } from './scopes.js';
import { texts } from './texts.js';

const NAME = /^[\p{L}\p{N} _.\-:/]+$/u;
const NAME_LIMIT = 100;
const DEFAULT_DAYS = 30;

/**
 * Opens the dialog.
 *
 * @param {{onCreated: function(), focusAfter: function(): Element}} what
 */
export function openCreateOwn({ onCreated, focusAfter }) {
  const name = nameField();
  const scopes = scopesField({ call: 'personal/scopes', hint: texts.ownScopesHint, optional: true });
  const expiry = expiryField();
  const fields = [name, scopes, expiry];
  const alert = el('p', { class: 'error', role: 'alert' });
  const submit = el('button', { class: 'btn btn-primary', type: 'submit' }, texts.createToken);
  let created = null;
  let sending = false;

  const dialog = openDialog({
    title: texts.createOwnTitle,
    body: [name.element, scopes.element, expiry.element],
    foot: [alert, button(texts.cancel, () => dialog.close()), submit],
    mayClose: () => !sending && !isTyped(),
    onSubmit: send,
    focusAfter: () => (created ? null : focusAfter()),
  });
  name.focus();
  expiry.limit(null, DEFAULT_DAYS);
  scopes.load();

  function isTyped() {
    const typed = name.control.value !== '';
    if (typed) {
      alert.textContent = texts.notThrownAway;
    }
    return typed;
  }

  async function send() {
    const wrong = fields.filter((it) => !it.verify());
    if (sending || wrong.length > 0) {
      wrong[0]?.focus();
      return;
    }
    sending = true;
    submit.setAttribute('aria-disabled', 'true');
    alert.textContent = '';
    try {
      const chosen = scopes.chosen();
      const answer = await writeFreshly('POST', 'personal', {
        name: name.control.value.trim(),
        expiresInDays: expiry.days(),
        ...(chosen.length > 0 ? { scopes: chosen } : {}),
      });
      created = answer.token;
      dialog.close();
      onCreated();
      await showMinted(answer, focusAfter);
    } catch (e) {
      show(e);
    } finally {
      sending = false;
      submit.removeAttribute('aria-disabled');
    }
  }

  function show(failure) {
    if (!(failure instanceof Failure)) {
      throw failure;
    }
    const named = { name, scopes, expiresInDays: expiry, expiresAt: expiry };
    const wrong = failure.violations.filter((it) => named[it.field.replace(/[.[].*$/, '')]);
    for (const { field: at, message } of wrong) {
      named[at.replace(/[.[].*$/, '')].refuse(sentence(message));
    }
    if (failure.status === 401) {
      fill(alert, texts.signedOutMeanwhile, ' ', el('a', { href: page('sign-in'), target: '_blank' }, texts.signInElsewhere));
    } else if (wrong.length > 0) {
      named[wrong[0].field.replace(/[.[].*$/, '')].focus();
    } else {
      alert.textContent = reason(failure);
    }
  }
}

/**
 * Shows the secret of a new token, once.
 *
 * @param {{token: object, rawToken: string}} answer the API's, whose secret is taken out of it
 * @param {function(): Element} focusAfter
 * @returns {Promise<void>} when that is closed
 */
export function showMinted(answer, focusAfter) {
  const { token, rawToken } = answer;
  answer.rawToken = '';
  announce(texts.tokenCreated);
  return showOnce(rawToken, {
    whose: whoseToken(texts.thePersonalToken, token.name, '', token.expiresAt),
    commands: [whoAmICommand(), exchangeCommand()],
    focusAfter,
  });
}

function nameField() {
  const input = el('input', {
    class: 'input',
    type: 'text',
    name: 'name',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
  });
  return field({
    name: 'name',
    label: texts.name,
    control: input,
    hint: () => texts.ownNameHint,
    check(value) {
      const name = value.trim();
      if (name === '') {
        return texts.ownNameMissing;
      }
      if (length(name) > NAME_LIMIT) {
        return texts.nameTooLong;
      }
      return NAME.test(name) ? '' : texts.ownNameWrong;
    },
  });
}
