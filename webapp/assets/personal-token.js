/** The page of one of the user's own personal tokens. */

import { latestLoad, page, read } from './api.js';
import { button, el, fill, icon, linkButton, panel, refill } from './dom.js';
import { DAY_MILLIS, longDay, minute, number, relative, shortRef, time } from './format.js';
import { main, start, title } from './frame.js';
import { openRevokePersonal } from './revoke.js';
import { openRotate, personalSubject } from './rotate.js';
import { endOldButton, openEndOld, secretsPanel } from './secrets.js';
import { userPermission } from './session.js';
import { state } from './states.js';
import { chip, isLive } from './status.js';
import { texts } from './texts.js';
import { detailsPanel, heading, ID, refusalReasons, revokedNote, scopeDescriptions, scopeList, scrollToFragment, showFailure } from './token-parts.js';
import { auditTrail } from './trail.js';
import { fact, verdictPanel } from './verdict.js';

/** The ages of the last use, in days, that separate the verdicts. */
const RECENT = 30;
const YOUNG = 7;
const LIST = 'settings/personal-tokens';
const CALL = `personal/${encodeURIComponent(ID)}`;

start({
  tab: 'personal',
  name: texts.aPersonalToken,
  denied: texts.noPermissionForPersonal(userPermission('read')),
  may: (session) => session.mayOwn('read'),
  show,
});

/** @param {import('./session.js').Session} session */
async function show(session) {
  const trail = auditTrail(ID, CALL, { hasLog: false });
  const parts = {
    trouble: el('div'),
    head: el('div', { class: 'head' }),
    note: el('div', { role: 'status' }),
    verdict: el('div'),
    secrets: el('div'),
    use: el('div'),
    scopes: el('div'),
    details: el('div'),
  };
  const left = el('div', { class: 'stack' }, parts.secrets, parts.use, trail.element);
  const right = el('div', { class: 'stack' }, parts.scopes, parts.details);
  const below = el('div', { class: 'split', hidden: true }, left, right);
  fill(
    main(),
    el('nav', { class: 'crumbs', 'aria-label': texts.breadcrumb }, el('a', { href: page(LIST) }, texts.personalTokens)),
    parts.trouble,
    parts.head,
    parts.note,
    parts.verdict,
    below,
  );
  const beginLoad = latestLoad();
  let isFirst = true;
  const catalog = scopeDescriptions('personal/scopes');

  async function load() {
    const signal = beginLoad();
    try {
      const [token, usage, descriptions] = await Promise.all([
        read(CALL, {}, signal),
        read(`${CALL}/usage`, {}, signal),
        catalog,
        trail.load(),
      ]);
      if (signal.aborted) {
        return;
      }
      parts.trouble.replaceChildren();
      render(token, usage, descriptions);
    } catch (e) {
      showFailure(e, parts.trouble, notThere(), load);
    }
  }

  function render(token, usage, descriptions) {
    const hasOld = isLive(token) && token.previousSecret;
    title(token.name);
    refill(parts.head, heading, ...headline(token));
    fill(parts.note, token.status === 'revoked' && revokedNote(token, trail.latest('revoked'), [texts.ownRevokedOn, texts.ownRevokedBy]));
    fill(parts.verdict, verdictPanel(verdictOf(token, usage), usage, facts(token, usage, session)));
    refill(parts.secrets, heading, hasOld ? secretsPanel(token, usage, endOld(token, usage)) : null);
    fill(parts.use, usePanel(usage));
    fill(parts.scopes, scopesPanel(token, descriptions));
    fill(parts.details, detailsPanel(token, token.prefix));
    trail.of(token);
    below.hidden = false;
    if (isFirst) {
      scrollToFragment();
    }
    isFirst = false;
  }

  function headline(token) {
    const mayRotate = isLive(token) && session.mayOwn('write');
    const mayRevoke = token.status !== 'revoked' && session.mayOwn('revoke');
    const after = { focusAfter: heading };
    return [
      el('div', { class: 'title-row' }, el('h1', { tabindex: '-1', class: 'any' }, token.name), chip(token)),
      el(
        'div',
        { class: 'row' },
        mayRotate && button([icon('rotate'), texts.rotate], () => openRotate(personalSubject(token, session), { onRotated: load, ...after })),
        mayRevoke && button(texts.revoke, () => openRevokePersonal(token, { onRevoked: load, ...after }), { class: 'btn btn-danger' }),
      ),
    ];
  }

  function endOld(token, usage) {
    return (
      session.mayOwn('revoke') &&
      endOldButton(() => openEndOld(personalSubject(token, session), { onEnded: load, focusAfter: heading, usage }), { class: 'btn btn-small btn-danger' })
    );
  }

  await load();
}

function notThere() {
  return state('h1', texts.noOwnToken, texts.noOwnTokenText, linkButton(texts.allPersonalTokens, page(LIST)));
}

/**
 * Returns the verdict on a token: whether a caller uses it that the user may not know.
 *
 * @returns {import('./verdict.js').Verdict}
 */
function verdictOf(token, { accepted, refused }, now = Date.now()) {
  const verdict = (tone, heading, text) => ({ tone, heading, text, callers: [] });
  if (!isLive(token)) {
    const end = token.status === 'revoked' ? token.revokedAt : token.expiresAt;
    return refused.lastAt && refused.lastAt > end
      ? verdict('bad', texts.ownStillTried(relative(refused.lastAt)), texts.ownStillTriedText(refused.lastAddress))
      : verdict('good', texts.ownUntried, texts.ownUntriedText);
  }
  if (!token.lastUsedAt) {
    const isYoung = now - Date.parse(token.createdAt) < YOUNG * DAY_MILLIS;
    return isYoung
      ? verdict('idle', texts.notUsedYet, texts.ownNotUsedText)
      : verdict('good', texts.ownNeverUsed, texts.ownUnusedText);
  }
  const days = Math.floor((now - Date.parse(token.lastUsedAt)) / DAY_MILLIS);
  return days < RECENT
    ? verdict('warn', texts.ownUsed(relative(token.lastUsedAt), accepted.lastAddress), texts.ownUsedText)
    : verdict('good', texts.ownUnused(number(days)), texts.ownUnusedText);
}

function facts(token, { accepted }, session) {
  return [
    fact(
      texts.lastUsed,
      token.lastUsedAt ? time(token.lastUsedAt, relative) : texts.never,
      accepted.lastAddress && [texts.from, ' ', accepted.lastAddress],
    ),
    fact(token.status === 'expired' ? texts.statuses.expired : texts.expires, relative(token.expiresAt), time(token.expiresAt, minute)),
    fact(texts.actsAs, shortRef(session.subject), session.subject),
    fact(
      texts.created,
      time(token.createdAt, longDay),
      token.secretCreatedAt > token.createdAt && [texts.secretRotated, time(token.secretCreatedAt, relative)],
    ),
  ];
}

/** Shows the numbers of uses since the token was created. */
function usePanel({ accepted, refused }) {
  const line = (label, count, more) =>
    el('li', { class: 'row spread' }, el('span', null, label, ' ', more && el('span', { class: 'quiet' }, more)), el('strong', null, number(count)));
  const last = (use) => use.lastAt && [texts.ownLastUse, time(use.lastAt, relative), use.lastAddress && texts.fromAddress(use.lastAddress)];
  return panel(
    'use-heading',
    texts.useSinceCreation,
    el('span', { class: 'quiet small' }, texts.useCounts(number(accepted.count), number(refused.count))),
    el(
      'ul',
      { class: 'rows rows-tight body13' },
      line(texts.acceptedUses, accepted.count, last(accepted)),
      line(texts.ownRefusedUses, refused.count, last(refused)),
      refusalReasons(refused).map(([why, count]) => line(why, count, '')),
    ),
  );
}

function scopesPanel({ scopes }, descriptions) {
  const shown =
    scopes.length === 0
      ? el('p', { class: 'panel-body body13' }, texts.readsAsI, '. ', el('span', { class: 'quiet' }, texts.changesNothing))
      : scopeList(scopes, descriptions, (scope) => el('code', { class: 'any' }, scope));
  return Object.assign(panel('scopes-heading', texts.scopes, null, shown), { id: 'scopes' });
}
