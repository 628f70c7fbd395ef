/** The overview: what needs attention today, and how many tokens there are. */

import { latestLoad, page, read } from './api.js';
import { button, el, fill, icon, linkButton, panel, refill } from './dom.js';
import { group, number, relative, shortRef, startOfDay, time, timeOfDay } from './format.js';
import { main, start } from './frame.js';
import { logStatus } from './log-status.js';
import { expiryPlot, shares } from './overview-plots.js';
import { usePlots } from './plots.js';
import { openCreate } from './create.js';
import { openRevoke } from './revoke.js';
import { openRotate, serviceSubject } from './rotate.js';
import { endedUsePanel, leftPanel, nameAndGroup, rotatingPanel, smallTable } from './rotations.js';
import { failureNote, state } from './states.js';
import { texts } from './texts.js';
import { expiringOn, unused } from './use.js';

const SOON = 4;
const STALE = 5;
const WEEK = 7;
const USE_DAYS = 90;
/** Time between two calls while the service still counts the use, in milliseconds. */
const USE_PAUSE = 1000;

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
  const when = el('p', { class: 'quiet small as-of' }, texts.loading);
  const trouble = el('div');
  const log = logStatus(session, { onlyTrouble: true });
  const content = el('div', { class: 'stack' });
  /** The plot of the fleet's use, which is loaded on its own because it may take longer. */
  const use = el('div', { class: 'panel-body use-plots' }, el('p', { class: 'quiet' }, texts.loading));
  const beginLoad = latestLoad();
  let loaded = false;
  const useCount = el('p', { class: 'quiet small' });
  fill(
    main(),
    el('div', { class: 'head' }, el('h1', { tabindex: '-1' }, texts.overview), when),
    log.element,
    trouble,
    content,
  );
  fill(content, placeholder());

  async function load() {
    const signal = beginLoad();
    log.load();
    try {
      const [overview, soon, stale] = await Promise.all([
        read('service/overview', {}, signal),
        read('service', { status: 'expiring', sort: 'expiresAt', limit: SOON }, signal),
        read('service', { ...unused('none'), sort: 'lastUsedAt', limit: STALE }, signal),
      ]);
      trouble.replaceChildren();
      when.textContent = texts.overviewOf(session.isLimited('read'), timeOfDay(overview.asOf));
      render(overview, soon.tokens, stale.tokens);
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      if (!loaded) {
        content.replaceChildren();
      }
      fill(trouble, failureNote(texts.overviewFailed, e, loaded ? texts.belowAsBefore : '', load));
    }
  }

  async function loadUse() {
    try {
      const { days, complete } = await read('service/usage', { days: USE_DAYS });
      if (days.length > 0) {
        renderUse(days.map((it) => ({ ...it, start: startOfDay(it.day) })));
      }
      if (!complete) {
        setTimeout(loadUse, USE_PAUSE); // a later call returns more days
      }
    } catch (e) {
      fill(use, failureNote(texts.useFailed, e, '', loadUse));
    }
  }

  function renderUse(days) {
    const today = days.at(-1);
    const isUsed = days.some((it) => it.accepted + it.refused > 0);
    useCount.textContent = texts.usesOfFleet(today.accepted, number(today.accepted));
    fill(use, isUsed ? usePlots(days) : el('p', { class: 'quiet' }, texts.noUseOfFleet));
  }

  function render(overview, soon, stale) {
    const { statuses } = overview;
    const all = Object.values(statuses).reduce((sum, it) => sum + it, 0);
    if (all === 0) {
      fill(content, el('section', { class: 'panel' }, noTokens()));
      return;
    }
    loaded = true;
    refill(
      content,
      () => main().querySelector('h1'),
      urgent(overview, soon),
      fleet(statuses, all),
      el(
        'div',
        { class: 'split' },
        el('div', { class: 'stack' }, panel('use-heading', texts.useOfAll(USE_DAYS), [useCount], use), timeline(overview)),
        el('div', { class: 'stack' }, endedUsePanel(overview.usedAfterEnd), nextToExpire(soon, overview)),
      ),
      el(
        'div',
        { class: 'halves' },
        rotatingPanel(overview.inGracePeriod),
        leftPanel(overview.leftCreators),
        notInUse(overview, stale),
        byGroup(overview),
      ),
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
        : linkButton(texts.apiReference, page('admin/access-tokens/api')),
    );
  }

  function nextToExpire(tokens, { statuses, expiringByDay }) {
    const all = statuses.expiring;
    const lastDay = expiringByDay[WEEK].day;
    return panel(
      'soon-heading',
      texts.nextToExpire,
      [all > SOON && el('a', { class: 'small', href: list({ status: 'expiring', sort: 'expiresAt' }) }, texts.allOf(number(all)))],
      tokens.length === 0 ? nothing(texts.noneExpiresText) : el('ul', { class: 'rows rows-tight body13' }, tokens.map((it) => expiring(it, lastDay))),
    );
  }

  /** @param {string} lastDay the last UTC day whose tokens expire within a week */
  function expiring(token, lastDay) {
    const id = `e-${token.id}`;
    const isUrgent = token.expiresAt.slice(0, lastDay.length) <= lastDay;
    return el(
      'li',
      { class: 'row-fixed', 'data-id': token.id },
      el(
        'div',
        { class: 'stack-tight' },
        el('a', { class: 'clip', id, title: token.name, href: page(`admin/access-tokens/${token.id}`) }, token.name),
        el('span', { class: 'quiet small clip' }, group(token), ', ', lastUse(token)),
      ),
      el('strong', { class: isUrgent ? 'warn nowrap' : 'nowrap' }, time(token.expiresAt, relative)),
      session.mayTo('write', token) &&
        el(
          'span',
          { class: 'acts' },
          button(texts.rotate, () => openRotate(serviceSubject(token), { onRotated: load, focusAfter: () => main().querySelector('h1') }), {
            class: 'btn btn-small',
            'aria-describedby': id,
          }),
        ),
    );
  }

  function notInUse({ neverUsed, neverUsedNew, unused: unusedLong }, tokens) {
    const never = neverUsed - neverUsedNew;
    const all = never + unusedLong;
    return panel(
      'stale-heading',
      texts.notInUse,
      [
        el('span', { class: 'quiet small' }, texts.countNeverUsed(number(never)), ', ', texts.countUnused(number(unusedLong))),
        all > 0 && el('a', { class: 'small', href: list({ used: 'none' }) }, texts.allOf(number(all))),
      ],
      tokens.length === 0
        ? nothing(texts.allInUseText)
        : smallTable(texts.notInUseCaption, [texts.name, texts.lastUsed, texts.expires], tokens.map(staleRow)),
    );
  }

  function staleRow(token) {
    const nameId = `s-${token.id}`;
    return el(
      'tr',
      { 'data-id': token.id },
      el('th', { scope: 'row' }, nameAndGroup(token, nameId)),
      el('td', null, token.lastUsedAt ? time(token.lastUsedAt, relative) : [texts.neverCreated, time(token.createdAt, relative)]),
      el('td', { 'data-label': texts.expires }, time(token.expiresAt, relative)),
      el(
        'td',
        { class: 'fit mid at-end' },
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

  await Promise.all([load(), loadUse()]);
}

/** Keeps the place of the panels while they load. */
function placeholder() {
  return el(
    'div',
    { class: 'stack', 'aria-hidden': 'true' },
    el(
      'div',
      { class: 'urgent' },
      Array.from({ length: 4 }, () => el('div', { class: 'urgent-loading' }, el('span', { class: 'skeleton' }))),
    ),
    Array.from({ length: 3 }, () => el('div', { class: 'panel panel-loading' })),
  );
}

/** Shows that a panel has no rows. */
function nothing(text) {
  return el('p', { class: 'panel-body quiet body13' }, text);
}

function lastUse({ lastUsedAt }) {
  return lastUsedAt ? [texts.usedWhen, time(lastUsedAt, relative)] : texts.neverUsedShort;
}

/** Shows the numbers that may need action; only those that do have a tint. */
function urgent(overview, soon) {
  const { usedAfterEnd, expiringByDay, inGracePeriod, leftCreators } = overview;
  const ended = usedAfterEnd.tokens.length;
  const refused = usedAfterEnd.tokens.reduce((sum, it) => sum + it.usesToday, 0);
  const addresses = new Set(usedAfterEnd.tokens.flatMap((it) => it.callers.map(({ address }) => address))).size;
  const nextDays = expiringByDay.slice(0, WEEK + 1); // today is partly over
  const week = nextDays.reduce((sum, it) => sum + it.tokens, 0);
  const rotating = inGracePeriod.tokens.length;
  const idle = inGracePeriod.tokens.filter((it) => it.previousSecret.usesToday === 0).length;
  const notInUse = overview.neverUsed - overview.neverUsedNew + overview.unused;
  const left = leftCreators.users.reduce((sum, it) => sum + it.tokens, 0);
  const atLeast = (count, more) => (more ? texts.orMore(number(count)) : number(count));
  const ofShown = ({ tokens, more }, text) => (more ? texts.ofFirst(number(tokens.length), text) : text);
  return el(
    'nav',
    { class: 'urgent', 'aria-label': texts.needsAttention },
    card(atLeast(ended, usedAfterEnd.more), texts.endedHeading, {
      href: ended > 0 ? '#ended-heading' : page('admin/access-tokens/audit', { event: 'ended-secret-used' }),
      tone: ended > 0 && 'bad',
      text: ended > 0 ? ofShown(usedAfterEnd, texts.refusedFrom(refused, number(refused), addresses)) : texts.noEndedUse,
    }),
    card(number(week), texts.expireWithinWeek, {
      href: list(week > 0 ? expiringOn(nextDays[0].day, nextDays.at(-1).day) : { status: 'expiring', sort: 'expiresAt' }),
      tone: week > 0 && 'warn',
      text: week > 0 && soon[0] ? [texts.first(soon[0].name), time(soon[0].expiresAt, relative)] : texts.noneWithinWeek,
    }),
    card(atLeast(rotating, inGracePeriod.more), texts.rotating, {
      href: rotating > 0 ? '#rotating-heading' : page('admin/access-tokens/audit', { event: 'rotated' }),
      text: rotating > 0 ? ofShown(inGracePeriod, texts.idleOldSecrets(idle)) : texts.noOldSecret,
    }),
    left > 0 &&
      card(atLeast(left, leftCreators.more), texts.leftHeading, {
        href: '#left-heading',
        text: leftCreators.users.slice(0, 3).map((it) => `${shortRef(it.userEntityRef)} ${number(it.tokens)}`).join(', '),
      }),
    card(number(notInUse), texts.notInUse, {
      href: list({ used: 'none' }),
      text: notInUse > 0 ? texts.neverOrLongAgo : texts.allInUseText,
    }),
  );
}

/**
 * Creates a number with its meaning, which leads to what it counts.
 *
 * @param {string} count
 * @param {string} label
 * @param {{href: string, text: *, tone?: string|false}} what
 */
function card(count, label, { href, text, tone }) {
  return el(
    'a',
    { href, class: tone ? `is-${tone}` : null },
    el('b', null, count),
    ' ',
    icon('arrow'),
    el('strong', null, label),
    ' ',
    el('span', null, text),
  );
}

/** Shows the tokens of each status as the parts of one bar. */
function fleet(statuses, all) {
  const parts = [
    ['active', texts.statusesInText.active, '', null],
    ['expiring', texts.statusesInText.expiring, 'key-warn', 'is-warn'],
    ['expired', texts.statusesInText.expired, 'key-dark', 'is-dark'],
    ['revoked', texts.statusesInText.revoked, 'key-idle', 'is-idle'],
  ];
  return el(
    'section',
    { class: 'panel fleet', 'aria-labelledby': 'fleet-heading' },
    el('div', { class: 'row spread' }, el('h2', { id: 'fleet-heading' }, texts.countServiceTokens(all, number(all))), el('a', { class: 'small', href: list({}) }, texts.openList)),
    shares(parts.map(([status, , , className]) => ({ share: statuses[status] / all, className }))),
    el(
      'ul',
      null,
      parts.map(([status, text, key]) =>
        el('li', null, el('a', { class: `key ${key}`, href: list({ status }) }, el('span', null, el('strong', null, number(statuses[status])), ' ', text))),
      ),
    ),
  );
}

function timeline({ statuses, expiringByDay }) {
  const days = expiringByDay.map(({ day, tokens }) => ({ day, start: startOfDay(day), count: tokens }));
  const address = (first, last) => list(expiringOn(first, last));
  return panel(
    'line-heading',
    texts.expiringHeading,
    [statuses.expiring > 0 && el('a', { class: 'small', href: list({ status: 'expiring', sort: 'expiresAt' }) }, texts.allOf(number(statuses.expiring)))],
    statuses.expiring === 0 ? nothing(texts.noneExpiresText) : el('div', { class: 'panel-body' }, expiryPlot(days, address)),
  );
}

function byGroup({ groups, otherGroups }) {
  const greatest = Math.max(1, ...groups.map((it) => it.tokens));
  const cell = (count, query) =>
    el('td', { class: 'num mid' }, query && count > 0 ? el('a', { href: list(query) }, number(count)) : number(count));
  const idle = (it) => it.neverUsed - it.neverUsedNew + it.unused;
  return panel(
    'groups-heading',
    texts.byGroup,
    [],
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
          [texts.tokensColumn, texts.statusFilters.expiring, texts.notInUse].map((it) => el('th', { scope: 'col', class: 'num' }, it)),
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
              { scope: 'row', title: groupEntityRef },
              el(
                'div',
                { class: 'stack-tight' },
                el('span', { class: 'any' }, it.groupDisplayName || shortRef(groupEntityRef)),
                shares([{ share: it.tokens / greatest }]),
              ),
            ),
            cell(it.tokens, { groupEntityRef }),
            cell(it.expiring, { groupEntityRef, status: 'expiring' }),
            cell(idle(it), { groupEntityRef, used: 'none' }),
          );
        }),
        otherGroups?.groups > 0 &&
          el(
            'tr',
            null,
            el('th', { scope: 'row', class: 'quiet' }, texts.otherGroups(otherGroups.groups, number(otherGroups.groups))),
            cell(otherGroups.tokens),
            cell(otherGroups.expiring),
            cell(idle(otherGroups)),
          ),
      ),
    ),
  );
}
