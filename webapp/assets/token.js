/** The page of one service token. It begins with what decides whether the token can be revoked. */

import { latestLoad, page, read } from './api.js';
import { callersPanel } from './callers.js';
import { copyAndAnnounce, copyButton } from './copyable.js';
import { button, el, fill, icon, linkButton, panel, patch, refill } from './dom.js';
import { openEdit } from './edit.js';
import { actor, DAY_MILLIS, group, longDay, minute, number, relative, startOfDay, time } from './format.js';
import { main, start, title } from './frame.js';
import { limitsOf } from './limits.js';
import { menuButton } from './menu.js';
import { needText } from './needed.js';
import { noticesPanel } from './notices.js';
import { onDemand } from './ondemand.js';
import { usePlots } from './plots.js';
import { openRevoke } from './revoke.js';
import { openRotate, serviceSubject } from './rotate.js';
import { endOldButton, openEndOld, secretsPanel } from './secrets.js';
import { state } from './states.js';
import { chip, isLive } from './status.js';
import { texts } from './texts.js';
import { detailsPanel, heading, ID, refusalReasons, revokedNote, scopeDescriptions, scopeList, scrollToFragment, showFailure } from './token-parts.js';
import { auditTrail } from './trail.js';
import { fact, lastUseOfValid, verdictOf, verdictPanel } from './verdict.js';

const DAYS = 90;
/** Minimum number of days in a plot, also for a new token. */
const FEWEST_DAYS = 14;
/** The page is loaded again when the user comes back to it after this time, in milliseconds. */
const OUTDATED = 15000;
const LIST = 'admin/access-tokens';
const CALL = `service/${encodeURIComponent(ID)}`;

const openCreate = onDemand(() => import('./create.js'), (it, what) => it.openCreate(what));

start({
  tab: 'list',
  name: texts.aToken,
  may: (session) => session.may('read'),
  show,
});

async function show(session) {
  const notices = noticesPanel(ID);
  const trail = auditTrail(ID, CALL);
  const parts = {
    crumbs: el('nav', { class: 'crumbs', 'aria-label': texts.breadcrumb }),
    trouble: el('div'),
    head: el('div', { class: 'head' }),
    note: el('div', { role: 'status' }),
    verdict: el('div'),
    secrets: el('div'),
    use: el('div'),
    scopes: el('div'),
    limits: el('div'),
    details: el('div'),
  };
  const left = el('div', { class: 'stack' }, parts.secrets, parts.use, trail.element);
  const right = el('div', { class: 'stack' }, parts.scopes, parts.limits, parts.details, notices.element);
  const below = el('div', { class: 'split', hidden: true }, left, right);
  fill(main(), parts.crumbs, parts.trouble, parts.head, parts.note, parts.verdict, below);
  fill(parts.crumbs, el('a', { href: page(LIST) }, texts.serviceTokens));
  const beginLoad = latestLoad();
  let loadedAt = 0;
  let isFirst = true;
  /** The content of the page. If it has not changed, the next rendering only updates the texts. */
  let shown = '';
  const catalog = scopeDescriptions('service/scopes');

  async function load() {
    const signal = beginLoad();
    loadedAt = Date.now();
    try {
      const [token, usage, descriptions] = await Promise.all([
        read(CALL, {}, signal),
        read(`${CALL}/usage`, { days: DAYS }, signal),
        catalog,
        trail.load(),
        notices.load(),
      ]);
      const end = token.status === 'revoked' ? await revocation() : null;
      if (signal.aborted) {
        return;
      }
      parts.trouble.replaceChildren();
      const now = JSON.stringify([token, usage, end]);
      render(token, usage, descriptions, end, now === shown ? renew : replace);
      shown = now;
    } catch (e) {
      showFailure(e, parts.trouble, notThere(), load);
    }
  }

  /** Reads the event of the revocation, which has the reason; null if it is not known. */
  async function revocation() {
    try {
      return trail.latest('revoked') ?? (await read('service/audit', { tokenId: ID, event: 'revoked', limit: 1 })).events[0] ?? null;
    } catch {
      return null; // the banner is shown without the reason
    }
  }

  /** Replaces the content of a part of the page. */
  function replace(part, ...content) {
    refill(part, heading, ...content);
  }

  /** Updates the texts of a part that depend on the time of day, unless one of its menus is open. */
  function renew(part, ...content) {
    if (!part.querySelector(':popover-open')) {
      const hadFocus = part.contains(document.activeElement);
      patch(part, fill(el('div'), content));
      if (hadFocus && !part.contains(document.activeElement)) {
        heading().focus();
      }
    }
  }

  /**
   * @param {function(Element, ...*): void} put shows the content of a part of the page
   */
  function render(token, usage, descriptions, end, put) {
    const verdict = verdictOf(token, usage);
    const hasOld = isLive(token) && token.previousSecret;
    const mayWrite = isLive(token) && session.mayTo('write', token);
    title(token.name);
    put(parts.crumbs, crumbs(token));
    put(parts.head, headline(token, usage, mayWrite));
    put(parts.note, token.status === 'revoked' && revokedNote(token, end, [texts.revokedAtTime, texts.revokedBy]));
    put(parts.verdict, verdictPanel(verdict, usage, facts(token, usage, trail.latest('rotated'))));
    put(parts.secrets, hasOld ? secretsPanel(token, usage, endOld(token, usage)) : callersPanel(token, usage, verdict.callers));
    put(parts.use, usePanel(token, usage));
    put(parts.scopes, scopesPanel(token, usage, descriptions, mayWrite && (() => edit(token, 'scopes'))));
    put(parts.limits, limitsPanel(token, mayWrite && (() => edit(token, 'limits'))));
    put(parts.details, detailsPanel(token, token.tokenPrefix, `service-token:${token.groupEntityRef}:${token.name}`));
    trail.of(token);
    below.hidden = false;
    if (isFirst) {
      scrollToFragment();
    }
    isFirst = false;
  }

  function endOld(token, usage) {
    return (
      session.mayTo('revoke', token) &&
      endOldButton(() => openEndOld(serviceSubject(token), { onEnded: load, focusAfter: heading, usage }), { class: 'btn btn-small btn-danger' })
    );
  }

  function edit(token, first) {
    openEdit(token, { onChanged: load, focusAfter: heading, first });
  }

  /** Opens the dialog that creates a token like this one. Its modules are loaded only then. */
  function clone(token) {
    openCreate({ from: token, onCreated() {}, focusAfter: heading });
  }

  function headline(token, usage, mayWrite) {
    const mayRevoke = token.status !== 'revoked' && session.mayTo('revoke', token);
    const mayClone = session.mayTo('write', token);
    const after = { focusAfter: heading };
    const copyId = () => copyAndAnnounce(token.id, texts.tokenId, parts.details.querySelector('code'));
    const name = el('h1', { tabindex: '-1' }, token.name);
    return [
      el(
        'div',
        { class: 'stack-tight' },
        el(
          'div',
          { class: 'title-row' },
          name,
          copyButton(token.name, texts.nameOfToken, name),
          chip(token),
        ),
        el('p', { class: 'quiet any', dir: 'auto' }, token.description),
      ),
      el(
        'div',
        { class: 'row' },
        mayWrite && button([icon('rotate'), texts.rotate], () => openRotate(serviceSubject(token), { onRotated: load, usage, ...after })),
        mayWrite && button([icon('edit'), texts.edit], () => edit(token)),
        mayRevoke && button(texts.revoke, () => openRevoke(token, { onRevoked: load, ...after }), { class: 'btn btn-danger' }),
        mayClone && !isLive(token) && button([icon('clone'), texts.clone], () => clone(token)),
        menuButton(
          texts.moreActions,
          [
            mayClone && isLive(token) && { label: texts.clone, icon: 'clone', onSelect: () => clone(token) },
            { label: texts.copyId, icon: 'copy', onSelect: copyId },
            { label: texts.auditTrail, icon: 'list', href: page('admin/access-tokens/audit', { token: token.id }) },
          ].filter((it) => it),
          { class: 'btn btn-icon' },
        ),
      ),
    ];
  }

  document.addEventListener('visibilitychange', refresh);
  // The user comes back from another window, for example from the terminal that used the token.
  addEventListener('focus', refresh);
  await load();

  /** Loads the token again, because other users and callers may have changed it meanwhile. */
  function refresh() {
    if (!document.hidden && Date.now() - loadedAt > OUTDATED && !document.querySelector('dialog[open]')) {
      load();
    }
  }
}

function notThere() {
  return state('h1', texts.noToken, texts.noTokenText, linkButton(texts.allTokens, page(LIST)));
}

function crumbs(token) {
  return [
    el('a', { href: page(LIST) }, texts.serviceTokens),
    icon('right'),
    el('a', { href: page(LIST, { groupEntityRef: token.groupEntityRef }) }, group(token)),
  ];
}

/** Creates the facts beside the verdict; `rotation` is the event of the latest rotation, if it is known. */
function facts(token, usage, rotation) {
  const { accepted, refused } = usage;
  const isRevoked = token.status === 'revoked';
  const from = (address) => address && [texts.from, ' ', address];
  return [
    fact(
      isRevoked ? texts.lastAccepted : texts.lastUsed,
      token.lastUsedAt ? time(token.lastUsedAt, relative) : texts.never,
      from(accepted.lastAddress),
      isLive(token) && token.lastUsedAt && !lastUseOfValid(token, usage) && texts.withEndedSecret,
    ),
    isRevoked
      ? fact(texts.lastRefusedUse, refused.lastAt ? time(refused.lastAt, relative) : texts.never, from(refused.lastAddress))
      : fact(token.status === 'expired' ? texts.statuses.expired : texts.expires, relative(token.expiresAt), time(token.expiresAt, minute)),
    fact(texts.owner, group(token), token.groupEntityRef),
    fact(
      texts.created,
      time(token.createdAt, longDay),
      texts.byUser,
      actor(token.createdBy),
      token.secretCreatedAt > token.createdAt && [
        texts.rotatedWhen,
        time(token.secretCreatedAt, relative),
        rotation && [' ', texts.byUser, actor(rotation.actor)],
      ],
    ),
  ];
}

function usePanel(token, usage) {
  const age = Math.ceil((Date.now() - Date.parse(token.createdAt)) / DAY_MILLIS) + 1;
  const days = (usage.days ?? []).slice(-Math.max(FEWEST_DAYS, age)).map((it) => ({ ...it, start: startOfDay(it.day) }));
  const accepted = days.reduce((sum, it) => sum + it.accepted, 0);
  const refused = days.reduce((sum, it) => sum + it.refused, 0);
  return panel(
    'use-heading',
    texts.useInDays(days.length),
    el('p', { class: 'quiet small', title: texts.useBy }, texts.useCounts(number(accepted), number(refused))),
    accepted + refused > 0
      ? el('div', { class: 'panel-body' }, usePlots(days))
      : state('h3', texts.noUse, token.lastUsedAt ? texts.noUseLately : texts.neverUsedText),
    usage.refused.count > 0 && refusals(usage),
  );
}

/** Shows the reasons for which uses were refused since the token was created. */
function refusals({ refused }) {
  return el(
    'ul',
    { class: 'rows rows-tight body13', 'aria-label': texts.refusedCaption },
    refusalReasons(refused).map(([why, count]) => el('li', { class: 'row spread' }, el('span', null, why), ' ', el('strong', null, texts.timesRefused(number(count))))),
    refused.lastAt &&
      el(
        'li',
        { class: 'quiet' },
        texts.lastRefusedAll,
        time(refused.lastAt, relative),
        refused.lastAddress && texts.fromAddress(refused.lastAddress),
      ),
  );
}

function scopesPanel(token, usage, descriptions, onEdit) {
  // A replica of an earlier version does not send the scopes.
  const needs = usage.scopes ?? [];
  const list = scopeList(token.scopes, descriptions, (scope) =>
    el('div', { class: 'row spread' }, el('code', { class: 'any' }, scope), ' ', needText(scope, needs)),
  );
  return Object.assign(panel('scopes-heading', texts.scopes, editButton(texts.editScopes, onEdit), list), { id: 'scopes' });
}

function limitsPanel(token, onEdit) {
  return panel('limits-heading', texts.limits, editButton(texts.editLimits, onEdit), limitsOf(token));
}

function editButton(label, onEdit) {
  return onEdit && button([icon('edit'), texts.edit], onEdit, { class: 'btn btn-small btn-bare', 'aria-label': label });
}
