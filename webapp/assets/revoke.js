/** The dialogs that revoke one token, or several, and other dialogs that ask for a reason. */

import { read, write } from './api.js';
import { announce, el, fill } from './dom.js';
import { field, length, textArea } from './fields.js';
import { openForm } from './form-dialog.js';
import { group, number, relative, time } from './format.js';
import { isMissing, resultOf } from './revoked.js';
import { texts } from './texts.js';

const REASON_LIMIT = 500;
const DAYS = 30;
const CONFLICT = 409;

/**
 * Opens the dialog for one service token.
 *
 * @param {object} token
 * @param {{onRevoked: function(), focusAfter?: function(): Element}} what
 */
export function openRevoke(token, { onRevoked, focusAfter }) {
  const lastUse = el('dd', null, lastUsed(token));
  const warning = el('div', { hidden: true });
  openReasoned({
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
    send: (text, signal) => write('DELETE', `service/${encodeURIComponent(token.id)}`, { reason: text }, {}, signal),
    check: () => checkRevoked(`service/${encodeURIComponent(token.id)}`),
    done() {
      announce(texts.revoked(token.name));
      onRevoked();
    },
    onRevoked,
    focusAfter,
  });
  tellOfUse(token, lastUse, warning);
}

/** Shows from which address the token was last used, and warns if it was used today. */
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
    // The token can be revoked without this information.
  }
}

function lastUsed(token) {
  return token.lastUsedAt ? time(token.lastUsedAt, relative) : texts.never;
}

/**
 * Opens the dialog for several service tokens.
 *
 * @param {object[]} tokens
 * @param {{onRevoked: function(object), focusAfter?: function(): Element}} what `onRevoked`
 *     receives the outcome of each token, as {@link resultOf} returns it
 */
export function openRevokeMany(tokens, { onRevoked, focusAfter }) {
  openReasoned({
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
    notDone: texts.noneRevoked,
    send: (text, signal) => write('POST', 'service/revoke', { ids: tokens.map((token) => token.id), reason: text }, {}, signal),
    check: () => checkManyRevoked(tokens),
    async done(answer) {
      onRevoked(await resultOf(tokens, answer));
    },
    onRevoked,
    focusAfter,
  });
}

/** Checks whether a token is revoked. */
async function checkRevoked(path) {
  const { status } = await read(path);
  return status === 'revoked' ? { answer: {} } : { text: texts.notRevokedYet };
}

/** Checks which of several tokens are revoked; one call revokes all of them or none. */
async function checkManyRevoked(tokens) {
  const found = await Promise.all(
    tokens.map((token) => read(`service/${encodeURIComponent(token.id)}`).catch(isMissing)),
  );
  const withStatus = (revoked) =>
    tokens.filter((_, index) => found[index] && (found[index].status === 'revoked') === revoked).map((token) => token.id);
  if (withStatus(false).length > 0) {
    return { text: texts.someNotRevokedYet(number(withStatus(false).length), number(tokens.length)) };
  }
  const notFound = tokens.filter((_, index) => !found[index]).map((token) => token.id);
  return { answer: { revoked: withStatus(true), alreadyRevoked: [], notFound } };
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

/** Opens the dialog for a personal token of the user, for which no reason is required. */
export function openRevokeOwn(token, { about, onRevoked, focusAfter }) {
  const path = `personal/${encodeURIComponent(token.id)}`;
  openReasoned({
    title: texts.revokeTitle,
    slim: true,
    about,
    hint: texts.reasonHintOwn,
    final: texts.finalOne,
    submit: texts.revoke,
    optional: true,
    send: (text, signal) => write('DELETE', path, text ? { reason: text } : {}, {}, signal),
    check: () => checkRevoked(path),
    done() {
      announce(texts.revoked(token.name));
      onRevoked();
    },
    onRevoked,
    focusAfter,
  });
}

/**
 * Opens a dialog for a change that ends something and is final.
 *
 * @param {object} what as for {@link openForm}; also `hint` of the reason, `final`: the consequence,
 *     `optional` if no reason is required, and `endedStatus` with `endedBefore`: the status of the
 *     response if nothing is left to end, and what is then shown
 */
export function openReasoned({
  title,
  slim,
  about,
  hint,
  final,
  submit,
  optional,
  notDone,
  send,
  check,
  done,
  endedStatus = CONFLICT,
  endedBefore = texts.revokedAlready,
  unanswered = texts.maybeRevoked,
  onRevoked,
  focusAfter,
}) {
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
  let revokedBefore = false;

  openForm({
    title,
    slim,
    body: [about, why.element, el('p', { class: 'quiet' }, final)],
    submit,
    submitClass: 'btn-final',
    fields: [why],
    byName: { reason: why },
    isChanged: () => !revokedBefore && input.value.trim() !== '',
    send: (signal) => send(input.value.trim(), signal),
    done,
    refused(failure, { say }) {
      if (failure.status !== endedStatus) {
        return false;
      }
      revokedBefore = true;
      say(endedBefore);
      onRevoked();
      return true;
    },
    notDone,
    unanswered,
    check,
    checked: () => onRevoked(),
    focusAfter: (revoked) => (revoked || revokedBefore ? focusAfter?.() : null),
  });
  why.focus();
}
