/** The dialogs that revoke one token, or several. */

import { Failure, page, read, write } from './api.js';
import { announce, button, el, fill } from './dom.js';
import { openDialog } from './dialog.js';
import { field, length, sentence, textArea } from './fields.js';
import { group, number, relative, time } from './format.js';
import { reason } from './frame.js';
import { texts } from './texts.js';

const REASON_LIMIT = 500;
const DAYS = 30;

/**
 * Opens the dialog for one service token.
 *
 * @param {object} token
 * @param {{onRevoked: function(), focusAfter?: function(): Element}} what
 */
export function openRevoke(token, { onRevoked, focusAfter }) {
  const lastUse = el('dd', null, lastUsed(token));
  const warning = el('div', { hidden: true });
  open({
    title: texts.revokeTitle,
    slim: true,
    about: [
      el(
        'dl',
        { class: 'pairs' },
        el('dt', null, texts.name),
        el('dd', null, el('strong', null, token.name)),
        el('dt', null, texts.group),
        el('dd', null, group(token)),
        el('dt', null, texts.prefix),
        el('dd', null, el('code', null, token.tokenPrefix)),
        el('dt', null, texts.lastUsed),
        lastUse,
      ),
      warning,
    ],
    hint: texts.reasonHint,
    final: texts.finalOne,
    submit: texts.revoke,
    async send(text) {
      await write('DELETE', `service/${encodeURIComponent(token.id)}`, { reason: text });
      announce(texts.revoked(token.name));
    },
    onRevoked,
    focusAfter,
  });
  tellOfUse(token, lastUse, warning);
}

/** Adds where the token was last used from, and warns if it is in use today. */
async function tellOfUse(token, lastUse, warning) {
  try {
    const usage = await read(`service/${encodeURIComponent(token.id)}/usage`, { days: DAYS });
    if (usage.accepted.lastAddress) {
      fill(
        lastUse,
        lastUsed(token),
        ' ',
        el('span', { class: 'quiet' }, texts.from, ' ', el('code', null, usage.accepted.lastAddress)),
      );
    }
    const today = usage.days?.find((it) => it.day === new Date().toISOString().slice(0, 10));
    if (today?.accepted > 0 && token.status !== 'expired') {
      warning.className = 'note';
      warning.hidden = false;
      fill(
        warning,
        el('strong', null, texts.inUseToday),
        el('p', null, texts.usedToday(number(today.accepted))),
      );
    }
  } catch {
    // The token can be revoked without it.
  }
}

function lastUsed(token) {
  return token.lastUsedAt ? time(token.lastUsedAt, relative) : texts.never;
}

/**
 * Opens the dialog for several service tokens.
 *
 * @param {object[]} tokens
 * @param {{onRevoked: function(), focusAfter?: function(): Element}} what
 */
export function openRevokeMany(tokens, { onRevoked, focusAfter }) {
  open({
    title: texts.revokeTitleMany(tokens.length),
    about: [
      el(
        'div',
        { class: 'panel scroll', tabindex: 0, role: 'region', 'aria-label': texts.tokensToRevoke },
        el(
          'table',
          { class: 'table' },
          el('caption', { class: 'sr' }, texts.tokensToRevoke),
          el(
            'thead',
            null,
            el(
              'tr',
              null,
              [texts.name, texts.group, texts.lastUsed].map((it) => el('th', { scope: 'col' }, it)),
            ),
          ),
          el('tbody', null, tokens.map(row)),
        ),
      ),
    ],
    hint: texts.reasonHintMany,
    final: texts.finalMany,
    submit: texts.revokeMany(tokens.length),
    async send(text) {
      const ids = tokens.map((token) => token.id);
      const answer = await write('POST', 'service/revoke', { ids, reason: text });
      announce(
        texts.revokedMany(answer.revoked.length, answer.alreadyRevoked.length + answer.notFound.length),
      );
    },
    onRevoked,
    focusAfter,
  });
}

function row(token) {
  return el(
    'tr',
    null,
    el(
      'th',
      { scope: 'row', class: 'any' },
      token.name,
      el('span', { class: 'sub' }, el('code', null, token.tokenPrefix)),
    ),
    el('td', { class: 'any' }, group(token)),
    el('td', { class: 'fit' }, lastUsed(token)),
  );
}

/** Opens a dialog that revokes something of one's own, for which no reason is required. */
export function openRevokeOwn({ about, send, onRevoked, focusAfter }) {
  open({
    title: texts.revokeTitle,
    slim: true,
    about,
    hint: texts.reasonHintOwn,
    final: texts.finalOne,
    submit: texts.revoke,
    optional: true,
    send,
    onRevoked,
    focusAfter,
  });
}

function open({ title, slim, about, hint, final, submit, optional, send, onRevoked, focusAfter }) {
  const input = textArea('reason', REASON_LIMIT);
  input.required = !optional;
  const why = field({
    name: 'reason',
    label: texts.reason,
    control: input,
    hint: () => `${hint} ${texts.characters(length(input.value), REASON_LIMIT)}`,
    check(value) {
      const count = length(value.trim());
      if (count === 0 && !optional) {
        return texts.reasonMissing;
      }
      return count > REASON_LIMIT ? texts.tooLong(count, REASON_LIMIT) : '';
    },
  });
  const alert = el('p', { class: 'error', role: 'alert' });
  const confirm = el('button', { class: 'btn btn-final', type: 'submit' }, submit);
  let sending = false;
  let revoked = false;

  const dialog = openDialog({
    title,
    slim,
    body: [about, why.element, el('p', { class: 'quiet' }, final)],
    foot: [alert, button(texts.cancel, () => dialog.close()), confirm],
    mayClose: () => !sending,
    onSubmit: async () => {
      if (sending) {
        return;
      }
      if (!why.verify()) {
        why.focus();
        return;
      }
      sending = true;
      confirm.setAttribute('aria-disabled', 'true');
      alert.textContent = '';
      try {
        await send(input.value.trim());
        revoked = true;
        dialog.close();
        onRevoked();
      } catch (e) {
        show(e);
      } finally {
        sending = false;
        confirm.removeAttribute('aria-disabled');
      }
    },
    focusAfter: () => (revoked ? focusAfter?.() : null),
  });
  why.focus();

  function show(failure) {
    if (!(failure instanceof Failure)) {
      throw failure;
    }
    const wrong = failure.violations.find((it) => it.field === 'reason');
    if (wrong) {
      why.refuse(sentence(wrong.message));
      why.focus();
    } else if (failure.status === 401) {
      fill(alert, texts.signedOutMeanwhile, ' ', el('a', { href: page('sign-in'), target: '_blank' }, texts.signInElsewhere));
    } else if (failure.status === 409) {
      alert.textContent = texts.revokedAlready;
      revoked = true;
      onRevoked();
    } else {
      alert.textContent = reason(failure);
    }
  }
}
