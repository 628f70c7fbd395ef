/** The page of all users with personal tokens, and of the tokens of one of them. */

import { latestLoad, page, read } from './api.js';
import { announce, button, el, fill, note, refill, rowAction } from './dom.js';
import { filterForm, showFilters, textFilter } from './filters.js';
import { day, DAY_MILLIS, number, relative, shortRef, time } from './format.js';
import { main, start, title } from './frame.js';
import { urlState, withoutSecret } from './location.js';
import { offsetPager } from './paging.js';
import { actionTable, bones, personalRow, personalTable } from './personal-row.js';
import { openRevokePersonal } from './revoke.js';
import { openRevokeAll } from './revoke-people.js';
import { userPermission } from './session.js';
import { failureNote, state } from './states.js';
import { texts } from './texts.js';

const LIMIT = 50;
const MOST = 500;
/** The number of calls after which the search for users who have left ends. */
const CALLS = 10;
/** The time after which this search makes no further call, in milliseconds. */
const CALLS_TIME = 5000;
const USERS = 'user-tokens/users';
const LEFT = 'left';
const SKELETON = 5;

start({
  tab: 'people',
  name: texts.people,
  denied: texts.noPermissionForPersonal(userPermission('admin')),
  may: (session) => session.mayOwn('admin'),
  show(session) {
    main().classList.add('wrap-text');
    const user = new URLSearchParams(location.search).get('user');
    return user ? showUser(session, user) : showPeople(session);
  },
});

function pageOf(user) {
  return page('admin/access-tokens/people', { user });
}

// ---- All users

/** @param {import('./session.js').Session} session */
async function showPeople(session) {
  const url = urlState(['q', 'view'], () => changed());
  const q = textFilter('q', texts.search, { placeholder: texts.peoplePlaceholder, grow: true, shortcut: '/' });
  const counts = { all: el('span', { class: 'n' }), left: el('span', { class: 'n' }) };
  const all = segment('', texts.allPeople, counts.all);
  const left = segment(LEFT, texts.leftPeople, counts.left);
  const views = el('div', { class: 'segments', role: 'group', 'aria-label': texts.peopleShown }, all.element, left.element);
  const form = filterForm(texts.people, [q], onFilter, views);
  const heading = el('h1', { tabindex: '-1' }, texts.people);
  const notes = el('div', { role: 'status' });
  const trouble = el('div');
  const body = el('tbody', { role: 'rowgroup' });
  const table = peopleTable(body);
  const empty = el('div');
  const range = el('p');
  const more = button(texts.morePeople, loadMore, { class: 'btn btn-small' });
  const foot = el('div', { class: 'bar bar-foot' }, range, more);
  const panel = el('section', { class: 'panel', 'aria-label': texts.results, 'aria-busy': 'true' }, table, empty, foot);
  /** The promise of all users who have left, which are read once and after each revocation. */
  let leavers = null;
  /** The users who have left and match the search; null if they could not be loaded. */
  let gone = [];
  /** All users who have left, as the note above the list names them; null if they are unknown. */
  let noted = null;
  /** True if there may be more users who have left. */
  let moreGone = false;
  /** The users that are shown, the search that found them, and where the next page begins. */
  let shown = { users: [], q: '', total: 0, next: null };
  const beginLoad = latestLoad();
  /** The signal of the latest load. */
  let loading = beginLoad();
  let typing = false;

  const head = el(
    'div',
    { class: 'head' },
    el('div', { class: 'stack-tight' }, heading, el('p', { class: 'quiet' }, texts.peopleIntroduction)),
  );
  const bonesBody = el('tbody', { role: 'rowgroup' }, Array.from({ length: SKELETON }, skeleton));
  fill(main(), head, el('section', { class: 'panel', 'aria-busy': 'true', 'aria-label': texts.results }, peopleTable(bonesBody)));
  foot.hidden = true;
  fromUrl();
  await load();
  // Shown only now, because a note that appears later would move the parts below it.
  fill(main(), head, notes, form, trouble, panel);

  function segment(value, text, count) {
    const input = /** @type {HTMLInputElement} */ (el('input', { type: 'radio', name: 'view', value }));
    return { input, element: el('label', null, input, text, ' ', count) };
  }

  function fromUrl() {
    showFilters({ q }, url, { q: url.current().q });
    (url.current().view === LEFT ? left : all).input.checked = true;
  }

  function changed() {
    fromUrl();
    return load();
  }

  function onFilter(event) {
    const next = { q: withoutSecret(q.get()), view: left.input.checked ? LEFT : '' };
    const now = url.current();
    if (next.q !== now.q || next.view !== now.view) {
      // A typed search adds one history entry, not one for each letter.
      history[typing && event.typing ? 'replaceState' : 'pushState'](null, '', url.address(next));
      changed();
    }
    typing = event.typing;
  }

  async function load() {
    const signal = beginLoad();
    loading = signal;
    const text = url.current().q;
    leavers ??= readGone();
    panel.setAttribute('aria-busy', 'true');
    try {
      const [first, found] = await Promise.all([read(USERS, { q: text, limit: LIMIT }, signal), leavers]);
      if (signal.aborted) {
        return;
      }
      if (!found) {
        leavers = null; // the next load tries again
      }
      const everyoneGone = found?.users ?? null;
      if (everyoneGone !== noted) {
        noted = everyoneGone;
        fill(notes, noted?.length > 0 && leftNote(noted));
      }
      gone = found && matching(found.users, first.users, text);
      moreGone = Boolean(found?.more);
      shown = { ...first, q: text };
      trouble.replaceChildren();
      render();
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      fill(trouble, failureNote(texts.peopleFailed, e, '', load));
      table.hidden = shown.users.length === 0;
      more.hidden = true; // it continues the search that is shown, which may be another one
    }
    if (!signal.aborted) {
      panel.removeAttribute('aria-busy');
    }
  }

  async function loadMore() {
    if (panel.hasAttribute('aria-busy')) {
      return;
    }
    const signal = loading;
    panel.setAttribute('aria-busy', 'true');
    try {
      const page = await read(USERS, { q: shown.q, limit: LIMIT, after: shown.next }, signal);
      shown = { ...page, q: shown.q, users: [...shown.users, ...page.users] };
      trouble.replaceChildren();
      render();
    } catch (e) {
      if (e.name !== 'AbortError') {
        fill(trouble, failureNote(texts.peopleFailed, e, '', loadMore));
      }
    }
    if (!signal.aborted) {
      panel.removeAttribute('aria-busy');
    }
  }

  function render() {
    const isLeft = url.current().view === LEFT;
    const names = new Set((gone ?? []).map((it) => it.userEntityRef));
    const others = shown.users.filter((it) => !names.has(it.userEntityRef));
    const users = isLeft ? (gone ?? []) : [...(gone ?? []), ...others];
    const isFiltered = url.current().q !== '';
    const isEmpty = users.length === 0;
    const total = number(shown.total);
    counts.all.textContent = shown.totalIsLowerBound ? texts.moreThan(total) : total;
    const goneCount = gone ? number(gone.length) : '–';
    counts.left.textContent = moreGone ? texts.orMore(goneCount) : goneCount;
    refill(body, () => heading, ...users.map((user) => personRow(user, session, revokeAll)));
    announce(texts.peopleCount(users.length, number(users.length)), 'count');
    table.hidden = isEmpty;
    foot.hidden = isEmpty;
    fill(range, isLeft ? texts.peopleCount(users.length, number(users.length)) : texts.peopleOf(number(users.length), total));
    more.hidden = isLeft || !shown.next;
    fill(empty, isEmpty && nothing(isLeft, isFiltered));
  }

  function nothing(isLeft, isFiltered) {
    if (isLeft && !gone) {
      return state('h2', texts.leftUnknown, texts.leftUnknownText);
    }
    if (isFiltered) {
      return state('h2', texts.noUserMatches(url.current().q), texts.noPersonMatches, button(texts.showAllUsers, showAll));
    }
    return isLeft ? state('h2', texts.noneLeft, texts.noneLeftText) : state('h2', texts.noPeople, texts.noPeopleText);
  }

  function showAll() {
    url.push({ q: '', view: '' });
    changed();
    q.control.focus();
  }

  function revokeAll(user) {
    openRevokeAll(user, session, {
      onRevoked: () => {
        leavers = null;
        return load();
      },
      focusAfter: () => body.querySelector(`[data-id="${CSS.escape(user.userEntityRef)}"] .btn`) ?? heading,
    });
  }
}

/**
 * Reads the users who have left; null if they cannot be loaded. A call looks up a limited number of
 * users, so there can be several calls.
 *
 * @returns {Promise<{users: any[], more: boolean}|null>}
 */
async function readGone() {
  const users = [];
  const end = Date.now() + CALLS_TIME;
  let after = '';
  try {
    for (let call = 0; call < CALLS && Date.now() < end; call += 1) {
      const answer = await read(USERS, { gone: true, limit: MOST, after });
      users.push(...answer.users);
      if (!answer.next) {
        return { users, more: false };
      }
      after = answer.next;
    }
    return { users, more: true };
  } catch {
    return null;
  }
}

/**
 * Returns the users who have left and match a search.
 *
 * @param {any[]} left the users who have left
 * @param {any[]} found the users whom the service found; they can match by the prefix of a token
 * @param {string} q the search
 */
function matching(left, found, q) {
  const named = left.filter((it) => it.userEntityRef.includes(q.toLowerCase()));
  const names = new Set(named.map((it) => it.userEntityRef));
  return [...named, ...found.filter((it) => it.gone && !names.has(it.userEntityRef))];
}

function leftNote(gone) {
  const tokens = gone.reduce((sum, it) => sum + it.liveTokens, 0);
  const lastUsedAt = latest(gone);
  return note(
    { tone: 'bad', sign: 'alert' },
    texts.leftWithTokens(gone.length, number(gone.length), tokens, number(tokens)),
    el('p', null, lastUsedAt && [texts.lastUsedAt, time(lastUsedAt, relative), '. '], texts.leftRefused),
  );
}

/** Returns the latest use of all users; null if there is none. */
function latest(users) {
  return users.map((it) => it.lastUsedAt).filter((it) => it).sort().at(-1) ?? null;
}

function peopleTable(body) {
  const columns = [
    ['u-person', texts.person],
    ['u-count', texts.personalTokens],
    ['u-used', texts.lastUsed],
    ['u-next', texts.nextExpiry],
    ['u-service', texts.serviceTokens],
  ];
  return actionTable('people', texts.peopleCaption, columns, 'u-acts', body);
}

function skeleton() {
  const bone = () => el('span', { class: 'skeleton' });
  return el(
    'tr',
    { role: 'row', 'aria-hidden': 'true' },
    el(
      'td',
      { role: 'cell' },
      el('div', { class: 'person' }, el('span', { class: 'avatar avatar-large' }), el('div', { class: 'stack-tight' }, bone(), el('span', { class: 'sub' }, bone()))),
    ),
    [1, 2, 3, 4].map(() => el('td', { role: 'cell', class: 'mid' }, bone())),
    el('td', { role: 'cell' }),
  );
}

function personRow(user, session, onRevokeAll) {
  const { userEntityRef, liveTokens, lastUsedAt, nextExpiryAt, gone } = user;
  const name = shortRef(userEntityRef);
  const cell = (label, ...content) => el('td', { role: 'cell', class: 'mid', 'data-label': label }, content);
  const isSoon = Date.parse(nextExpiryAt) - Date.now() < 7 * DAY_MILLIS;
  return el(
    'tr',
    { role: 'row', 'data-id': userEntityRef },
    el(
      'th',
      { role: 'rowheader', scope: 'row' },
      el(
        'div',
        { class: 'person' },
        el('span', { class: 'avatar avatar-large', 'aria-hidden': 'true' }, name.slice(0, 1)),
        el(
          'div',
          { class: 'stack-tight' },
          el('div', { class: 'name' }, el('a', { class: 'clip', href: pageOf(userEntityRef) }, name)),
          gone ? el('span', { class: 'sub bad' }, texts.hasLeft) : el('span', { class: 'sub clip' }, userEntityRef),
        ),
      ),
    ),
    cell(texts.personalTokens, number(liveTokens)),
    cell(texts.lastUsed, lastUsedAt ? time(lastUsedAt, relative) : el('span', { class: 'quiet' }, texts.never)),
    cell(texts.nextExpiry, isSoon ? el('strong', { class: 'warn' }, time(nextExpiryAt, relative)) : time(nextExpiryAt, relative), el('span', { class: 'sub' }, day(nextExpiryAt))),
    cell(
      texts.serviceTokens,
      session.may('read') && el('a', { href: page('admin/access-tokens', { createdBy: userEntityRef }), 'aria-label': texts.createdByPerson(name) }, texts.createdByThem),
    ),
    el(
      'td',
      { role: 'cell', class: 'mid at-end' },
      button(`${texts.revokeAll}…`, () => onRevokeAll(user), {
        class: gone ? 'btn btn-small btn-danger' : 'btn btn-small btn-bare',
        'aria-label': texts.revokeAllOf(name),
      }),
    ),
  );
}

// ---- One user

/**
 * @param {import('./session.js').Session} session
 * @param {string} user in any spelling
 */
async function showUser(session, user) {
  const url = urlState(['offset'], () => load());
  const name = shortRef(user);
  const body = el('tbody', { role: 'rowgroup' });
  const table = personalTable(texts.tokensOfPerson(name), body);
  const empty = el('div');
  const trouble = el('div');
  const notes = el('div', { role: 'status' });
  const heading = el('h1', { tabindex: '-1', class: 'any' }, name);
  const revokeAll = button(`${texts.revokeAll}…`, onRevokeAll, { class: 'btn btn-danger', hidden: true });
  const pages = offsetPager(texts.pages, texts.rangeOfTokens, { url, name: 'offset', limit: LIMIT, load });
  const panel = el('section', { class: 'panel', 'aria-label': texts.personalTokens }, table, empty, pages.element);
  const beginLoad = latestLoad();
  /** The entry of this user in the list of users; null if the user has no live token. */
  let summary = null;

  const top = [
    el('nav', { class: 'crumbs', 'aria-label': texts.breadcrumb }, el('a', { href: page('admin/access-tokens/people') }, texts.people)),
    el('div', { class: 'head' }, el('div', { class: 'stack-tight' }, heading, el('code', { class: 'quiet any' }, user)), revokeAll),
  ];

  title(texts.tokensOfPerson(name));
  const waiting = personalTable(texts.tokensOfPerson(name), el('tbody', { role: 'rowgroup' }, bones()));
  fill(main(), top, el('section', { class: 'panel', 'aria-busy': 'true', 'aria-label': texts.personalTokens }, waiting));
  pages.element.hidden = true;
  await load();
  // Shown only now, because a note that appears later would move the parts below it.
  fill(main(), top, notes, trouble, panel);

  async function load() {
    const signal = beginLoad();
    const offset = pages.offset();
    panel.setAttribute('aria-busy', 'true');
    try {
      const [answer, found] = await Promise.all([
        read('user-tokens', { userEntityRef: user, limit: LIMIT, offset }, signal),
        read(USERS, { q: user, limit: LIMIT }, signal),
      ]);
      summary = found.users.find((it) => it.userEntityRef === user.toLowerCase()) ?? null;
      trouble.replaceChildren();
      render(answer, offset);
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      fill(trouble, failureNote(texts.listFailed, e, '', load));
    }
    if (!signal.aborted) {
      panel.removeAttribute('aria-busy');
    }
  }

  function render({ tokens, total }, offset) {
    refill(body, () => heading, ...tokens.map(row));
    revokeAll.hidden = !summary;
    table.hidden = tokens.length === 0;
    fill(empty, tokens.length === 0 && state('h2', texts.personHasNone, texts.personHasNoneText));
    fill(notes, summary?.gone && note({ tone: 'bad', sign: 'alert' }, texts.hasLeft, el('p', null, texts.leftRefused)));
    pages.element.hidden = total <= LIMIT;
    pages.update(tokens.length, offset, total);
  }

  function row(token) {
    return personalRow(token, {
      onRevoke:
        token.status === 'revoked'
          ? undefined
          : () =>
              openRevokePersonal(token, {
                owner: token.userEntityRef,
                onRevoked: load,
                focusAfter: () => rowAction(body, token.id) ?? heading,
              }),
    });
  }

  function onRevokeAll() {
    openRevokeAll(summary, session, { onRevoked: load, focusAfter: () => heading });
  }
}
