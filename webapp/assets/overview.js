/** The overview: how many tokens there are, which expire soon, and which are unused. */

import { page, read, tokenPage } from './api.js';
import { button, el, fill, linkButton, refill } from './dom.js';
import { group, number, relative, shortRef, time, timeOfDay } from './format.js';
import { failureNote, main, start, state } from './frame.js';
import { expiryPlot, shareBar } from './plots.js';
import { openCreate } from './create.js';
import { openRevoke } from './revoke.js';
import { openRotate, serviceSubject } from './rotate.js';
import { endedUsePanel, readRotations, rotatingPanel } from './rotations.js';
import { texts } from './texts.js';
import { unused } from './use.js';

const SOON = 5;
const STALE = 6;
const WEEK = 7;

start({
  tab: 'overview',
  name: texts.overview,
  may: (session) => session.may('read'),
  show,
});

/** Returns the address of the filtered list. */
function list(query) {
  return page('admin/access-tokens', query);
}

async function show(session) {
  const when = el('p', { class: 'quiet small' });
  const trouble = el('div');
  const content = el('div', { class: 'stack' });
  fill(
    main(),
    el('div', { class: 'head' }, el('h1', { tabindex: '-1' }, texts.overview), when),
    trouble,
    content,
  );

  async function load() {
    try {
      const [overview, soon, stale, rotations] = await Promise.all([
        read('service/overview'),
        read('service', { status: 'expiring', sort: 'expiresAt', limit: SOON }),
        read('service', { ...unused('none'), sort: 'lastUsedAt', limit: STALE }),
        readRotations(),
      ]);
      trouble.replaceChildren();
      when.textContent = texts.overviewOf(session.isLimited('read'), timeOfDay(overview.asOf));
      render(overview, soon.tokens, stale.tokens, rotations);
    } catch (e) {
      fill(trouble, failureNote(texts.overviewFailed, e, content.hasChildNodes() ? texts.belowAsBefore : '', load));
    }
  }

  function render(overview, soon, stale, rotations) {
    const { statuses } = overview;
    const all = Object.values(statuses).reduce((sum, it) => sum + it, 0);
    if (all === 0) {
      fill(content, el('section', { class: 'panel' }, noTokens()));
      return;
    }
    const ofRotations = [rotatingPanel(rotations), endedUsePanel(rotations)].filter((it) => it);
    refill(
      content,
      () => main().querySelector('h1'),
      counts(overview),
      el('div', { class: 'split' }, timeline(overview), nextToExpire(soon, statuses.expiring)),
      ofRotations.length > 0 && el('div', { class: ofRotations.length > 1 ? 'split' : 'stack' }, ofRotations),
      el('div', { class: 'split' }, notInUse(overview, stale), byGroup(overview)),
    );
  }

  function noTokens() {
    const mayCreate = session.may('write');
    return state(
      'h2',
      texts.noTokens,
      texts.noTokensText,
      mayCreate
        ? button(texts.createFirst, () => openCreate({ onCreated: load, focusAfter: () => main().querySelector('h1') }), { class: 'btn btn-primary' })
        : linkButton(texts.apiReference, page('api/openapi.json')),
    );
  }

  function nextToExpire(tokens, all) {
    return el(
      'section',
      { class: 'panel', 'aria-labelledby': 'soon-heading' },
      el(
        'div',
        { class: 'bar' },
        el('h2', { id: 'soon-heading' }, texts.nextToExpire),
        all > 0 && el('a', { class: 'small', href: list({ status: 'expiring', sort: 'expiresAt' }) }, texts.allOf(number(all))),
      ),
      tokens.length === 0
        ? state('h3', texts.noneExpires, texts.noneExpiresText)
        : el(
            'table',
            { class: 'table' },
            el('caption', { class: 'sr' }, texts.nextToExpireCaption),
            el('thead', { class: 'sr' }, el('tr', null, el('th', { scope: 'col' }, texts.name), el('th', { scope: 'col' }, texts.expires), el('th', { scope: 'col' }, texts.actionsColumn))),
            el(
              'tbody',
              null,
              tokens.map((token) =>
                el(
                  'tr',
                  null,
                  el('th', { scope: 'row' }, nameAndGroup(token, `e-${token.id}`)),
                  el('td', { class: 'num fit' }, time(token.expiresAt), el('span', { class: 'sub' }, relative(token.expiresAt))),
                  el('td', { class: 'mid fit' }, el('div', { class: 'acts' }, rotateButton(token))),
                ),
              ),
            ),
          ),
    );
  }

  function rotateButton(token) {
    return (
      session.mayTo('write', token) &&
      button(texts.rotate, () => openRotate(serviceSubject(token), { onRotated: load, focusAfter: () => main().querySelector('h1') }), {
        class: 'btn btn-small',
        'aria-describedby': `e-${token.id}`,
      })
    );
  }

  function notInUse(overview, tokens) {
    return el(
      'section',
      { class: 'panel', 'aria-labelledby': 'stale-heading' },
      el(
        'div',
        { class: 'bar' },
        el('h2', { id: 'stale-heading' }, texts.notInUse),
        el(
          'p',
          { class: 'quiet small' },
          el('a', { href: list({ used: 'never' }) }, texts.countNeverUsed(number(overview.neverUsed))),
          ', ',
          el('a', { href: list({ used: '90d' }) }, texts.countUnused(number(overview.unused))),
        ),
      ),
      tokens.length === 0
        ? state('h3', texts.allInUse, texts.allInUseText)
        : el(
            'table',
            { class: 'table' },
            el('caption', { class: 'sr' }, texts.notInUseCaption),
            el(
              'thead',
              null,
              el(
                'tr',
                null,
                el('th', { scope: 'col' }, texts.name),
                el('th', { scope: 'col' }, texts.lastUsed),
                el('th', { scope: 'col', class: 'wide-only' }, texts.expires),
                el('th', { scope: 'col' }, el('span', { class: 'sr' }, texts.actionsColumn)),
              ),
            ),
            el('tbody', null, tokens.map(staleRow)),
          ),
    );
  }

  function staleRow(token) {
    const nameId = `s-${token.id}`;
    return el(
      'tr',
      null,
      el('th', { scope: 'row' }, nameAndGroup(token, nameId)),
      el('td', null, token.lastUsedAt ? time(token.lastUsedAt, relative) : texts.never),
      el('td', { class: 'wide-only' }, time(token.expiresAt), el('span', { class: 'sub' }, relative(token.expiresAt))),
      el(
        'td',
        { class: 'mid fit' },
        el(
          'div',
          { class: 'acts' },
          session.mayTo('revoke', token) &&
            button(texts.revoke, () => openRevoke(token, { onRevoked: load, focusAfter: () => main().querySelector('h1') }), {
              class: 'btn btn-small btn-danger',
              'aria-describedby': nameId,
            }),
        ),
      ),
    );
  }

  await load();
}

function nameAndGroup(token, id) {
  return [
    el('span', { class: 'name' }, el('a', { class: 'any', id, href: tokenPage(token.id) }, token.name)),
    el('span', { class: 'sub' }, group(token)),
  ];
}

function counts({ statuses, neverUsed, unused: notUsed }) {
  const cells = [
    [statuses.active, texts.statuses.active, { status: 'active' }],
    [statuses.expiring, texts.expiringSoon, { status: 'expiring' }],
    [statuses.expired, texts.statuses.expired, { status: 'expired' }],
    [statuses.revoked, texts.statuses.revoked, { status: 'revoked' }],
    [neverUsed, texts.neverUsed, { used: 'never' }],
    [notUsed, texts.unusedLong, { used: '90d' }],
  ];
  return el(
    'nav',
    { class: 'panel counts', 'aria-label': texts.tokensByState },
    cells.map(([count, label, query]) =>
      el('a', { href: list(query) }, el('b', null, number(count)), ' ', el('span', null, label)),
    ),
  );
}

function timeline({ statuses, expiringByDay }) {
  let earlier = 0;
  const days = expiringByDay.map(({ day, tokens }) => {
    const [year, month, dayOfMonth] = day.split('-').map(Number);
    // A link to the list of tokens that expire next, starting with the first token of that day.
    const href = list({ status: 'expiring', sort: 'expiresAt', offset: earlier || '' });
    earlier += tokens;
    // A UTC day, at a time at which the local calendar shows the same day.
    return { start: new Date(year, month - 1, dayOfMonth), count: tokens, href };
  });
  const week = days.slice(0, WEEK).reduce((sum, it) => sum + it.count, 0);
  return el(
    'section',
    { class: 'panel', 'aria-labelledby': 'line-heading' },
    el(
      'div',
      { class: 'bar' },
      el('h2', { id: 'line-heading' }, texts.expiringHeading),
      el(
        'p',
        { class: 'quiet small' },
        el('a', { href: list({ status: 'expiring', sort: 'expiresAt' }) }, texts.countTokens(statuses.expiring)),
        texts.withinAWeek(number(week)),
      ),
    ),
    statuses.expiring === 0 ? state('h3', texts.noneExpires, texts.noneExpiresText) : expiryPlot(days),
  );
}

function byGroup({ groups, otherGroups }) {
  const greatest = Math.max(0, ...groups.map((it) => it.tokens));
  const cell = (count, query) =>
    el('td', { class: 'num' }, query ? el('a', { href: list(query) }, number(count)) : number(count));
  return el(
    'section',
    { class: 'panel', 'aria-labelledby': 'groups-heading' },
    el('div', { class: 'bar' }, el('h2', { id: 'groups-heading' }, texts.byGroup)),
    el(
      'table',
      { class: 'table' },
      el('caption', { class: 'sr' }, texts.byGroupCaption),
      el(
        'thead',
        null,
        el(
          'tr',
          null,
          el('th', { scope: 'col' }, texts.group),
          [texts.tokensColumn, texts.statuses.expiring, texts.notInUse].map((it) => el('th', { scope: 'col', class: 'num' }, it)),
        ),
      ),
      el(
        'tbody',
        null,
        groups.map((it) => {
          const { groupEntityRef } = it;
          return el(
            'tr',
            null,
            el(
              'th',
              { scope: 'row', class: 'any', title: groupEntityRef },
              it.groupDisplayName || shortRef(groupEntityRef),
              shareBar(it.tokens, greatest),
            ),
            cell(it.tokens, { groupEntityRef }),
            cell(it.expiring, { groupEntityRef, status: 'expiring' }),
            cell(it.neverUsed + it.unused, { groupEntityRef, used: 'none' }),
          );
        }),
        otherGroups?.groups > 0 &&
          el(
            'tr',
            null,
            el('th', { scope: 'row', class: 'quiet' }, texts.otherGroups(otherGroups.groups, number(otherGroups.groups))),
            cell(otherGroups.tokens),
            cell(otherGroups.expiring),
            cell(otherGroups.neverUsed + otherGroups.unused),
          ),
      ),
    ),
  );
}
