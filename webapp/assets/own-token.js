/** The dialog that creates a personal token. */

import { page } from './api.js';
import { findCreated } from './created.js';
import { announce, el } from './dom.js';
import { expiryField } from './expiry.js';
import { field, length } from './fields.js';
import { openForm } from './form-dialog.js';
import { writeFreshly } from './fresh.js';
import { personalCommands, showOnce, whoseToken } from './once.js';
import { scopesField } from './scopes.js';
import { texts } from './texts.js';

const NAME = /^[A-Za-z0-9 _.:/-]+$/;
const NAME_LIMIT = 100;
const DEFAULT_DAYS = 30;

/**
 * Opens the dialog.
 *
 * @param {import('./session.js').Session} session
 * @param {{onCreated: function(): void, focusAfter: function(): Element}} what
 */
export function openCreateOwn(session, { onCreated, focusAfter }) {
  const name = nameField();
  const scopes = scopesField({ call: 'personal/scopes', hint: texts.ownScopesHint, optional: true });
  const expiry = expiryField(DEFAULT_DAYS);
  /** The latest request. The user can change the fields after it. */
  let sent = null;

  openForm({
    title: texts.createOwnTitle,
    body: [name.element, scopes.element, expiry.element],
    submit: texts.createToken,
    submitClass: 'btn-primary',
    fields: [name, scopes, expiry],
    byName: { name, scopes, expiresInDays: expiry, expiresAt: expiry },
    isChanged: () => name.control.value !== '' || scopes.chosen().length > 0 || expiry.isChanged(),
    send,
    done(answer) {
      onCreated();
      return showMinted(answer, session, focusAfter);
    },
    unanswered: texts.maybeCreated,
    creates: () => sent.name,
    check: (since) => findCreated('personal', {}, sent.name, since, () => page('settings/personal-tokens')),
    checked: onCreated,
    focusAfter: (created) => (created ? null : focusAfter()),
  });
  name.focus();
  scopes.load();

  function send(signal) {
    const chosen = scopes.chosen();
    sent = {
      name: name.control.value.trim(),
      ...expiry.request(),
      ...(chosen.length > 0 ? { scopes: chosen } : {}),
    };
    return writeFreshly('POST', 'personal', sent, {}, signal);
  }
}

/**
 * Shows the secret of a new token once.
 *
 * @param {{token: object, rawToken: string}} answer the API's response; its secret is removed from
 *     it
 * @param {import('./session.js').Session} session
 * @param {function(): Element} focusAfter
 * @returns {Promise<void>} resolves when the dialog is closed
 */
export function showMinted(answer, session, focusAfter) {
  const { token, rawToken } = answer;
  answer.rawToken = '';
  announce(texts.tokenCreated);
  return showOnce(rawToken, {
    whose: whoseToken(texts.thePersonalToken, token.name, '', token.expiresAt),
    commands: personalCommands(session),
    name: token.name,
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
