/** The secrets of a rotated token, and the dialog that ends the old one. */

import { read, write } from './api.js';
import { acceptedCallers, callersInDialog, callersOfNew, callersOfOld, limitRow, ofToday, refusedRows, usesNewSecret } from './callers.js';
import { button, el, fill, icon, note, panel } from './dom.js';
import { minute, number, relative, time } from './format.js';
import { openReasoned } from './revoke.js';
import { usesOf } from './rotate.js';
import { texts } from './texts.js';
import { toast } from './toasts.js';

const NOT_FOUND = 404;
const CONFLICT = 409;

/**
 * Shows both secrets of a token that has an old secret, with the callers of each.
 *
 * @param {object} token
 * @param {{accepted: {lastAddress: string|null}, callers?: object[]}} usage of the token
 * @param {Element|null|false} action the button that ends the old secret
 */
export function secretsPanel(token, usage, action) {
  const { previousSecret } = token;
  const shown = panel(
    'secrets-heading',
    texts.secrets,
    el('p', { class: 'quiet small' }, texts.twoValidUntil, time(previousSecret.expiresAt, minute)),
    el(
      'ul',
      { class: 'rows' },
      secretRow('li', newSecret(token, usage.accepted, callersOfNew(usage))),
      secretRow('li', { ...oldSecret(previousSecret, callersOfOld(usage)), action }),
      refusedRows(token, usage),
      limitRow(usage),
    ),
  );
  return Object.assign(shown, { id: 'secrets' });
}

/**
 * Creates the row of a secret: its prefix and state, its uses and its callers.
 *
 * @param {'li'|'div'} tag
 * @param {{tone: string, sign: string, prefix: string, state: Element, since: (Node|string)[], uses:
 *     Node|string|Array, callers: Element|null|false, action?: Element|null|false}} secret
 */
function secretRow(tag, { tone, sign, prefix, state, since, uses, callers, action }) {
  return el(
    tag,
    { class: 'secret-row' },
    el('span', { class: `badge badge-${tone}` }, icon(sign)),
    el(
      'div',
      { class: 'stack-tight' },
      el('div', { class: 'row' }, el('code', null, prefix), state, el('span', { class: 'quiet small' }, since)),
      el('p', { class: 'body13' }, uses),
      callers,
    ),
    action && el('div', { class: 'row' }, action),
  );
}

function newSecret(token, accepted, callers) {
  return {
    tone: 'good',
    sign: 'key',
    prefix: token.tokenPrefix ?? token.prefix,
    state: el('span', { class: 'status is-new' }, texts.newSecret),
    since: [texts.createdAt, time(token.secretCreatedAt, relative), texts.expiresAt, time(token.expiresAt, minute)],
    uses: usesOfNew(token, accepted),
    callers,
  };
}

/**
 * Describes the last use of the new secret. The API reports the last use of the token and of its old
 * secret; the later one of them shows which secret was used last.
 */
function usesOfNew(token, accepted) {
  const { lastUsedAt, secretCreatedAt, previousSecret } = token;
  if (!lastUsedAt || lastUsedAt < secretCreatedAt) {
    return el('strong', { class: 'warn' }, texts.newUnused);
  }
  if (previousSecret.lastUsedAt && lastUsedAt <= previousSecret.lastUsedAt) {
    return texts.oldUsedLast;
  }
  return [
    texts.lastUsedAt,
    time(lastUsedAt, relative),
    accepted?.lastAddress && [` ${texts.from} `, el('code', { class: 'any' }, accepted.lastAddress)],
    '.',
  ];
}

function oldSecret(previous, callers) {
  return {
    tone: 'warn',
    sign: 'clock',
    prefix: previous.tokenPrefix,
    state: el('span', { class: 'status is-old' }, texts.oldSecret),
    since: [texts.endsIn(relative(previous.expiresAt)), ', ', time(previous.expiresAt, minute)],
    uses: previous.usesToday > 0 ? el('strong', null, usesOf(previous)) : usesOf(previous),
    callers,
  };
}

/**
 * Opens the dialog that ends the old secret.
 *
 * @param {{token: object, path: string}} subject
 * @param {{onEnded: function(string): void, focusAfter?: function(): Element, usage?: object}} what
 *     `onEnded` receives the prefix of the old secret; `usage` is the usage of the token if the page
 *     knows it
 */
export function openEndOld({ token, path }, { onEnded, focusAfter, usage: known = {} }) {
  const { previousSecret } = token;
  const secrets = el('div', { class: 'panel rows' });
  const warning = el('div', { role: 'status' });
  showUses(token, known);
  openReasoned({
    title: texts.endOldTitle(token.name),
    slim: true,
    about: [warning, secrets],
    hint: texts.reasonHintOwn,
    final: texts.finalOld,
    submit: texts.endOldNow,
    optional: true,
    send: (text, signal) =>
      write('DELETE', `${path}/previous-secret`, { reason: text || null, expectedTokenPrefix: previousSecret.tokenPrefix }, {}, signal),
    check: async () => {
      const now = await read(path);
      return now.previousSecret?.tokenPrefix === previousSecret.tokenPrefix ? { text: texts.oldStillValid } : { answer: {} };
    },
    done() {
      toast({ kind: 'good', title: texts.oldEnded(previousSecret.tokenPrefix), text: texts.oldEndedText });
      onEnded(previousSecret.tokenPrefix);
    },
    ended: { [NOT_FOUND]: texts.oldEndedBefore, [CONFLICT]: texts.oldReplaced(previousSecret.tokenPrefix) },
    unanswered: texts.maybeEnded,
    onRevoked: () => onEnded(previousSecret.tokenPrefix),
    focusAfter,
  });
  readUses();

  /** Shows the latest uses, because the page may have been loaded long ago. */
  async function readUses() {
    try {
      const [now, usage] = await Promise.all([read(path), read(`${path}/usage`)]);
      if (now.previousSecret?.tokenPrefix === previousSecret.tokenPrefix) {
        showUses(now, usage);
      } else {
        const why = now.previousSecret ? texts.oldReplaced(previousSecret.tokenPrefix) : texts.oldEndedBefore;
        fill(warning, note({ tone: 'warn', sign: 'alert' }, null, el('p', null, why)));
      }
    } catch {
      // The old secret can be ended without this information.
    }
  }

  function showUses(now, usage) {
    const old = now.previousSecret;
    const callers = acceptedCallers(usage, 'previous');
    const today = ofToday(callers);
    const isUsedToday = old.usesToday > 0 || today.length > 0;
    fill(
      secrets,
      secretRow('div', oldSecret(old, !isUsedToday && callersInDialog(texts.callersOfOld, callers))),
      secretRow('div', newSecret(now, null, null)),
    );
    fill(warning, isUsedToday && warningOf(today, usesNewSecret(usage)));
  }
}

/**
 * Warns that the old secret was used today, and names the callers, if they are known. Marks those
 * that have used the new secret as well, because they may be updated already.
 */
function warningOf(callers, isUpdated) {
  const count = callers.length;
  const updated = callers.filter(isUpdated).length;
  const mark = (caller) => isUpdated(caller) && el('span', { class: 'good' }, texts.newSecretToo);
  return note(
    { tone: 'bad', sign: 'pulse' },
    count > 0 ? texts.usedOldToday(count, number(count)) : texts.inUseToday,
    callersInDialog(texts.callersOfOld, callers, mark),
    el('p', null, whoIsRefused(count, updated)),
  );
}

function whoIsRefused(count, updated) {
  if (count === 0) {
    return texts.oldInUse;
  }
  return updated > 0 ? texts.othersRefused(count - updated, number(count - updated)) : texts.getRefused(count);
}

/** Creates the button that opens the dialog. */
export function endOldButton(onClick, attributes) {
  return button(texts.endOldNow, onClick, { class: 'btn btn-danger', ...attributes });
}
