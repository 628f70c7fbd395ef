/** The dialog that revokes all personal tokens of a user. */

import { page, read, write } from './api.js';
import { el, fill, note } from './dom.js';
import { DAY_MILLIS, number, relative, shortRef, time } from './format.js';
import { openReasoned, tokenList, tokensPanel } from './revoke.js';
import { texts } from './texts.js';
import { toast } from './toasts.js';

const MOST = 500;

/**
 * Opens the dialog for all live personal tokens of a user.
 *
 * @param {{userEntityRef: string, liveTokens: number, gone?: boolean}} user
 * @param {import('./session.js').Session} session
 * @param {{onRevoked: function(): *, focusAfter: function(): Element}} what
 */
export function openRevokeAll({ userEntityRef, liveTokens, gone }, session, { onRevoked, focusAfter }) {
  const name = shortRef(userEntityRef);
  const createdTokens = page('admin/access-tokens', { createdBy: userEntityRef });
  const stay = () => texts.serviceTokensStay(created, number(created), name);
  const use = el('div');
  const list = tokensPanel(el('p', { class: 'panel-body quiet' }, texts.loading));
  const sessions = el('p', { class: 'quiet small' }, texts.sessionsEnd(name, userEntityRef === session.subject));
  const serviceTokens = el('p', { class: 'quiet small', hidden: true });
  let tokens = [];
  let created = 0;
  openReasoned({
    title: texts.revokeAllTitle(name),
    slim: true,
    about: [
      use,
      list,
      !gone && note({ tone: 'warn', sign: 'alert' }, texts.disableFirst, el('p', null, texts.disableFirstText(name))),
    ],
    hint: texts.reasonHintPerson,
    final: texts.finalNow,
    more: el('div', { class: 'stack-tight' }, sessions, serviceTokens),
    submit: texts.revokeMany(liveTokens, number(liveTokens)),
    notDone: texts.noneRevoked,
    send: (text, signal) => write('POST', 'user-tokens/revoke', { userEntityRef, reason: text }, {}, signal),
    check: checkRevoked,
    done({ revoked }) {
      const known = new Map(tokens.map((token) => [token.id, token.name]));
      const others = revoked.filter((id) => !known.has(id)).length;
      toast({
        kind: 'good',
        title: texts.allRevoked(revoked.length, number(revoked.length), name),
        text: [others > 0 && tokens.length < MOST && texts.alsoNew(others, number(others)), created > 0 && stay()].filter((it) => it).join(' '),
        // The page no longer lists a user who has no personal token.
        action: created > 0 ? { label: texts.reviewTokensOf(created, name), href: createdTokens } : undefined,
      });
      onRevoked();
    },
    unanswered: texts.maybeRevokedAll,
    onRevoked,
    focusAfter,
  });
  showTokens();
  showServiceTokens();

  /** Finds out whether a revocation without a response was done; one call revokes all tokens. */
  async function checkRevoked() {
    const left = await live();
    return left.length === 0
      ? { answer: { revoked: tokens.map((token) => token.id) } }
      : { text: texts.someNotRevokedYet(number(left.length), number(Math.max(left.length, tokens.length))) };
  }

  async function live() {
    const pages = await Promise.all(
      ['active', 'expiring'].map((status) => read('user-tokens', { userEntityRef, status, limit: MOST })),
    );
    return pages.flatMap((it) => it.tokens);
  }

  async function showTokens() {
    try {
      tokens = (await live()).sort((a, b) => (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? ''));
    } catch {
      list.hidden = true; // the tokens can be revoked without this information
      return;
    }
    fill(use, inUse(tokens, gone));
    fill(list, tokenList(tokens, (token) => el('code', { class: 'quiet' }, token.prefix), isUsedLately));
  }

  /** Shows how many service tokens the user has created, because they stay valid. */
  async function showServiceTokens() {
    if (!session.may('read')) {
      return;
    }
    try {
      created = (await read('service', { createdBy: userEntityRef, live: true, limit: 0 })).total;
      fill(
        serviceTokens,
        stay(),
        created > 0 && [' ', el('a', { href: createdTokens }, texts.reviewThem)],
      );
      serviceTokens.hidden = created === 0;
    } catch {
      // The personal tokens can be revoked without this information.
    }
  }
}

/** Warns about tokens that were used in the last 24 hours. */
function inUse(tokens, gone) {
  const since = new Date(Date.now() - DAY_MILLIS).toISOString();
  const used = tokens.filter((token) => token.lastUsedAt >= since);
  if (used.length === 0 || gone) {
    return null;
  }
  return note(
    { tone: 'bad', sign: 'pulse' },
    texts.inUseOf(used.length, number(used.length)),
    el('p', null, texts.quoted(used[0].name), texts.wasUsed, time(used[0].lastUsedAt, relative), '. ', texts.gets401(used.length)),
  );
}

function isUsedLately({ lastUsedAt }) {
  return lastUsedAt && Date.now() - Date.parse(lastUsedAt) < DAY_MILLIS;
}
