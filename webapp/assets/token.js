/** The page of one service token. */

import { page, read, ROOT } from './api.js';
import { button, el, fill, linkButton, refill } from './dom.js';
import { openEdit } from './edit.js';
import { eventCells, eventName } from './events.js';
import { actor, DAY_MILLIS, group, minute, number, relative, time } from './format.js';
import { failureNote, main, start, state, title } from './frame.js';
import { limitsOf } from './limits.js';
import { urlState } from './location.js';
import { noticesPanel } from './notices.js';
import { pager } from './paging.js';
import { usePlot } from './plots.js';
import { openRevoke } from './revoke.js';
import { openRotate, serviceSubject } from './rotate.js';
import { endOldButton, openEndOld, secretsPanel } from './secrets.js';
import { chip } from './status.js';
import { texts } from './texts.js';

const EVENTS = 20;
const DAYS = 30;
const CHANGES = ['updated', 'rotated'];
const NOT_FOUND = 404;
const ID = decodeURIComponent(location.pathname.slice(ROOT.pathname.length).split('/').at(-1));
const CALL = `service/${encodeURIComponent(ID)}`;

start({
  tab: 'list',
  name: texts.aToken,
  may: (session) => session.may('read'),
  show,
});

async function show(session) {
  const parts = {
    trouble: el('div'),
    head: el('div', { class: 'stack-tight' }),
    ended: el('div'),
    secrets: el('div'),
    facts: el('section', { class: 'panel', 'aria-label': texts.properties }),
    use: el('div'),
    notices: noticesPanel(ID),
    audit: auditTrail(),
  };
  fill(
    main(),
    el(
      'nav',
      { class: 'crumbs', 'aria-label': texts.breadcrumb },
      el('a', { href: page('admin/access-tokens') }, texts.serviceTokens),
    ),
    parts.trouble,
    parts.head,
    parts.ended,
    parts.facts,
    parts.secrets,
    parts.use,
    parts.notices.element,
    parts.audit.element,
  );
  parts.audit.element.hidden = true;
  parts.notices.element.hidden = true;
  let asked = false;

  async function load() {
    try {
      const [token, usage] = await Promise.all([read(CALL), read(`${CALL}/usage`, { days: DAYS }), parts.audit.load(), parts.notices.load()]);
      parts.trouble.replaceChildren();
      render(token, usage);
    } catch (e) {
      if (e.status === NOT_FOUND) {
        fill(main(), el('section', { class: 'panel' }, notThere()));
      } else {
        fill(parts.trouble, failureNote(texts.tokenFailed, e, '', load));
      }
    }
  }

  function render(token, usage) {
    title(token.name);
    refill(parts.head, () => parts.head.querySelector('h1'), headline(token));
    fill(parts.facts, facts(token, usage));
    refill(parts.secrets, headlineAction, isLive(token) && token.previousSecret && secretsPanel(token, usage.accepted, endOld(token)));
    fill(parts.use, el('div', { class: 'split' }, useOverTime(token, usage), el('div', { class: 'stack' }, scopes(token, usage), limits(token), refusals(usage))));
    parts.audit.of(token);
    parts.audit.element.hidden = false;
    parts.notices.element.hidden = false;
    if (!asked && location.hash) {
      // The target of the address's fragment exists only now.
      document.getElementById(location.hash.slice(1))?.scrollIntoView();
    }
    asked = true;
  }

  /** Reloads the page after a change. What it said about the change before is out of date. */
  function changed() {
    parts.ended.replaceChildren();
    return load();
  }

  function endOld(token) {
    return (
      session.mayTo('revoke', token) &&
      endOldButton(() => openEndOld(serviceSubject(token), { onEnded: showEnd, focusAfter: headlineAction }))
    );
  }

  /** Shows that the old secret has ended. */
  function showEnd(prefix) {
    fill(
      parts.ended,
      el('div', { class: 'note note-good' }, el('strong', null, texts.oldEnded(prefix)), el('p', null, texts.oldEndedText)),
    );
    return load();
  }

  function headline(token) {
    const mayRevoke = token.status !== 'revoked' && session.mayTo('revoke', token);
    const mayEdit = isLive(token) && session.mayTo('write', token);
    return [
      el(
        'div',
        { class: 'head' },
        el('div', { class: 'row' }, el('h1', { tabindex: '-1' }, token.name), chip(token.status)),
        el(
          'div',
          { class: 'row' },
          mayEdit && button(texts.rotate, () => openRotate(serviceSubject(token), { onRotated: changed, focusAfter: headlineAction })),
          mayEdit && button(texts.edit, () => openEdit(token, { onChanged: changed, focusAfter: headlineAction })),
          mayRevoke && button(texts.revoke, () => openRevoke(token, { onRevoked: changed, focusAfter: headlineAction }), { class: 'btn btn-danger' }),
        ),
      ),
      el('p', { class: 'quiet any', dir: 'auto' }, token.description),
    ];
  }

  await load();
}

/** Returns the element that gets the focus after a change. */
function headlineAction() {
  return main().querySelector('h1');
}

function isLive(token) {
  return token.status === 'active' || token.status === 'expiring';
}

function notThere() {
  return state('h1', texts.noToken, texts.noTokenText, linkButton(texts.allTokens, page('admin/access-tokens')));
}

function facts(token, usage) {
  const { accepted, refused } = usage;
  return el(
    'dl',
    { class: 'panel-body facts' },
    fact(
      texts.prefix,
      el('code', null, token.tokenPrefix),
      token.secretCreatedAt > token.createdAt && sub(texts.since, time(token.secretCreatedAt, minute)),
    ),
    fact(texts.owningGroup, group(token), sub(token.groupEntityRef)),
    token.revokedAt && fact(texts.statuses.revoked, time(token.revokedAt, minute), sub(texts.byUser, actor(token.revokedBy))),
    fact(texts.expires, time(token.expiresAt, minute), token.status !== 'revoked' && sub(relative(token.expiresAt))),
    fact(
      texts.lastUsed,
      token.lastUsedAt ? time(token.lastUsedAt, relative) : texts.never,
      accepted.lastAddress && sub(texts.from, ' ', accepted.lastAddress),
    ),
    fact(texts.created, time(token.createdAt, minute), sub(texts.byUser, actor(token.createdBy))),
    fact(texts.uses, number(accepted.count)),
    fact(texts.refusedUses, number(refused.count)),
    el('div', { class: 'wide' }, el('dt', null, texts.tokenId), el('dd', null, el('code', null, token.id))),
  );
}

function fact(label, value, more) {
  return el('div', null, el('dt', null, label), el('dd', null, value, more && [' ', more]));
}

function sub(...children) {
  return el('span', { class: 'sub' }, children);
}

function useOverTime(token, usage) {
  const days = (usage.days ?? []).map((it) => ({ ...it, start: startOfUtcDay(it.day) }));
  const used = days.some((it) => it.accepted > 0 || it.refused > 0);
  return el(
    'section',
    { class: 'panel', 'aria-labelledby': 'use-heading' },
    el(
      'div',
      { class: 'bar' },
      el('h2', { id: 'use-heading' }, texts.useInDays(days.length)),
      el('p', { class: 'quiet small' }, texts.useBy),
    ),
    used ? usePlot(days) : state('h3', texts.noUse, token.lastUsedAt ? texts.noUseLately : texts.neverUsedText),
  );
}

/** Returns a time at which the local calendar shows the same day as this UTC day of the server. */
function startOfUtcDay(iso) {
  const [year, month, dayOfMonth] = iso.split('-').map(Number);
  return new Date(year, month - 1, dayOfMonth);
}

function scopes(token, usage) {
  const used = new Map((usage.scopes ?? []).map((it) => [it.scope, it]));
  const known = usage.scopes !== undefined;
  return el(
    'section',
    { class: 'panel', id: 'scopes', 'aria-labelledby': 'scopes-heading' },
    el('div', { class: 'bar' }, el('h2', { id: 'scopes-heading' }, texts.scopes)),
    el(
      'table',
      { class: 'table' },
      el('caption', { class: 'sr' }, texts.scopesCaption),
      el(
        'thead',
        known ? null : { class: 'sr' },
        el('tr', null, el('th', { scope: 'col' }, texts.scope), known && el('th', { scope: 'col' }, texts.lastUsed)),
      ),
      el(
        'tbody',
        null,
        token.scopes.map((scope) =>
          el(
            'tr',
            null,
            el('th', { scope: 'row' }, el('code', { class: 'any' }, scope)),
            known && el('td', null, used.get(scope)?.lastAt ? time(used.get(scope).lastAt, relative) : texts.never),
          ),
        ),
      ),
    ),
  );
}

function limits(token) {
  return el(
    'section',
    { class: 'panel', 'aria-labelledby': 'limits-heading' },
    el('div', { class: 'bar' }, el('h2', { id: 'limits-heading' }, texts.limits)),
    limitsOf(token),
  );
}

function refusals(usage) {
  const { refused } = usage;
  const reasons = [
    [texts.afterRevocation, refused.revoked],
    [texts.afterExpiry, refused.expired],
    [texts.afterSecretEnd, refused.endedSecret],
    [texts.fromRefusedAddress, refused.address],
  ].filter(([, count]) => count !== undefined);
  return el(
    'section',
    { class: 'panel', 'aria-labelledby': 'refused-heading' },
    el(
      'div',
      { class: 'bar' },
      el('h2', { id: 'refused-heading' }, texts.refusedUses),
      refused.lastAt &&
        el('p', { class: 'quiet small' }, texts.lastOf, time(refused.lastAt, relative), refused.lastAddress && texts.fromAddress(refused.lastAddress)),
    ),
    el(
      'table',
      { class: 'table' },
      el('caption', { class: 'sr' }, texts.refusedCaption),
      el('thead', { class: 'sr' }, el('tr', null, el('th', { scope: 'col' }, texts.refusedWhy), el('th', { scope: 'col' }, texts.count))),
      el(
        'tbody',
        null,
        reasons.map(([why, count]) => el('tr', null, el('th', { scope: 'row' }, why), el('td', { class: 'num' }, number(count)))),
      ),
    ),
  );
}

function auditTrail() {
  const url = urlState(['events'], () => load());
  const body = el('tbody', { role: 'rowgroup' });
  const trouble = el('div');
  const pages = pager(texts.pagesOfEvents, texts.rangeOfEvents, (offset) => {
    url.push({ events: offset > 0 ? String(offset) : '' });
    load();
  });
  const headings = [texts.when, texts.event, texts.by, texts.detailsColumn];
  const element = el(
    'section',
    { class: 'panel', id: 'audit', 'aria-labelledby': 'audit-heading' },
    el(
      'div',
      { class: 'bar' },
      el('h2', { id: 'audit-heading' }, texts.auditTrail),
      el('a', { class: 'small', href: page('admin/access-tokens/audit', { token: ID }) }, texts.allEvents),
    ),
    el(
      'table',
      { class: 'table cards', role: 'table' },
      el('caption', { class: 'sr' }, texts.auditCaption),
      el(
        'thead',
        { role: 'rowgroup' },
        el('tr', { role: 'row' }, headings.map((it) => el('th', { role: 'columnheader', scope: 'col' }, it))),
      ),
      body,
    ),
    trouble,
    pages.element,
  );

  let events = [];
  let token = null;
  let isWhole = false;

  function render() {
    if (token) {
      const isUnchanged = isWhole && !events.some((event) => CHANGES.includes(event.event));
      fill(body, events.map((event) => row(event, isUnchanged ? token : null)));
    }
  }

  async function load() {
    const offset = Number.parseInt(url.current().events, 10) || 0;
    try {
      const answer = await read(`${CALL}/audit`, { limit: EVENTS, offset });
      trouble.replaceChildren();
      events = answer.events;
      isWhole = answer.events.length === answer.total;
      render();
      pages.update(
        {
          shown: answer.events.length,
          offset,
          limit: EVENTS,
          total: answer.total,
          isLowerBound: false,
          hasNext: offset + answer.events.length < answer.total,
        },
        (at) => url.address({ events: at > 0 ? String(at) : '' }),
      );
    } catch (e) {
      if (e.status === NOT_FOUND) {
        throw e;
      }
      fill(trouble, failureNote(texts.eventsFailed, e, '', load));
    }
  }

  /** Sets the token whose events are shown. */
  function of(what) {
    token = what;
    render();
  }

  return { element, load, of };
}

/** Creates a row. For a token that was never changed, it shows what was created. */
function row(event, token) {
  const cells = eventCells(event);
  if (event.event === 'created' && token) {
    const days = Math.round((new Date(token.expiresAt) - new Date(token.createdAt)) / DAY_MILLIS);
    fill(cells.details, el('div', { class: 'any' }, texts.createdFor(days, token.scopes.join(', '))));
  }
  return el(
    'tr',
    { role: 'row' },
    cells.when,
    el('th', { role: 'rowheader', scope: 'row' }, eventName(event)),
    cells.by,
    cells.details,
  );
}
