/** The list of service tokens. */

import { latestLoad, page } from './api.js';
import { creatorFilter } from './creators.js';
import { announce, button, el, fill, icon, isModified, linkButton, refill, rowAction } from './dom.js';
import { emptyState } from './empty.js';
import { choiceFilter, filterButton, filterForm, fixedFilter, showFilters, sortHeading, textFilter } from './filters.js';
import { number, timeOfDay } from './format.js';
import { hadTab, main, start } from './frame.js';
import { groupFilter } from './groups.js';
import { parameters, urlState, withoutSecret } from './location.js';
import { onDemand } from './ondemand.js';
import { pager } from './paging.js';
import { showResult } from './revoked.js';
import { keepScroll } from './scroll.js';
import { selection } from './selection.js';
import { servicePermission } from './session.js';
import { failureNote, state } from './states.js';
import { texts } from './texts.js';
import { COLUMNS, describeFilters, skeletonRow, tokenRow } from './token-row.js';
import { expiryText, FILTERS, hasMyGroups, listQuery, MY_GROUPS, readTokens, STATUSES, USES } from './use.js';
import { savedViews } from './views.js';

const LIMIT = 50;
/** The API refuses a greater offset. */
const MAX_OFFSET = 10000;
const NEWEST = '-createdAt';
const STATE = [...FILTERS, 'sort', 'offset'];
const BAD_REQUEST = 400;

const openCreate = onDemand(() => import('./create.js'), (it, what) => it.openCreate(what));
const fillInByAddress = onDemand(() => import('./create.js'), (it, what) => it.createFromAddress(what));
const openRevoke = onDemand(() => import('./revoke.js'), (it, token, what) => it.openRevoke(token, what));
const openRevokeMany = onDemand(() => import('./revoke.js'), (it, tokens, what) => it.openRevokeMany(tokens, what));
const openRotate = onDemand(() => import('./rotate.js'), (it, token, what) => it.openRotate(it.serviceSubject(token), what));

/** The parameters of the page for which the first page of the list is requested early. */
const earlyFor = location.search;

/**
 * The first page of the list, requested at the same time as the session. Null if the request depends on the session, or
 * if this user could probably not read the list.
 *
 * @type {Promise<any>|null}
 */
let early = hadTab('list') && current().groupEntityRef !== MY_GROUPS ? ask([]) : null;
early?.catch(() => {}); // a failure is reported when it is awaited

start({
  tab: 'list',
  name: texts.serviceTokens,
  may: (session) => session.may('read'),
  show,
});

/**
 * Returns the state of the list in the URL. Values that the API would refuse are replaced by the
 * initial ones.
 *
 * @returns {Object<string, any>}
 */
function current() {
  const now = parameters(STATE);
  const offset = Number.parseInt(now.offset, 10) || 0;
  return {
    ...now,
    status: STATUSES.some(([value]) => value === now.status) ? now.status : '',
    sort: Object.hasOwn(texts.sorts, now.sort) ? now.sort : NEWEST,
    offset: Math.min(Math.max(offset, 0), MAX_OFFSET),
  };
}

/**
 * Requests a page of the list.
 *
 * @param {string[]} ownGroups the refs of the user's groups
 * @param {AbortSignal} [signal]
 */
function ask(ownGroups, signal) {
  return readTokens({ ...listQuery(current(), ownGroups), limit: LIMIT }, signal);
}

async function show(session) {
  const url = urlState(STATE, () => changed());
  const ownGroups = session.groups.map((it) => it.groupEntityRef ?? it);
  if (location.search !== earlyFor) {
    early = null; // the user went back or forward meanwhile
  }
  early ??= ask(ownGroups);
  early.catch(() => {}); // a failure is reported when it is awaited
  const restoreScroll = keepScroll();
  const creators = creatorFilter(session);
  const filters = {
    q: textFilter('q', texts.search, { placeholder: texts.searchPlaceholder, grow: true, shortcut: '/' }),
    status: choiceFilter('status', texts.status, STATUSES, { isClosed: true }),
    groupEntityRef: groupFilter(hasMyGroups(session) || current().groupEntityRef === MY_GROUPS ? [[MY_GROUPS, texts.myGroups]] : []),
    used: choiceFilter('used', texts.use, USES, { isClosed: true }),
    createdBy: creators,
    expires: fixedFilter('expires', texts.expires, expiryText, () => filters.q.control.focus()),
    sort: choiceFilter('sort', texts.sort, Object.entries(texts.sorts), { className: 'pick only-narrow' }),
  };
  const clear = button(texts.clearFilters, clearFilters, { class: 'btn btn-bare' });
  const toFilters = filterButton(() => form);
  const form = filterForm(texts.serviceTokens, Object.values(filters), onFilter, clear);
  filters.q.element.after(toFilters.element);
  const views = savedViews(session, { current: () => url.current(), address: addressWith, go, count });
  const head = el('tr', { role: 'row' });
  const body = el('tbody', { role: 'rowgroup' });
  const caption = el('caption', { class: 'sr' });
  const pages = pager(texts.pages, range, turn);
  const chosen = session.may('revoke')
    ? selection({
        body,
        mayRevoke: (token) => session.mayTo('revoke', token),
        filter: () => ({ query: query({ offset: '' }), text: filterText() }),
        onRevoke: revokeSelected,
        onFailure: (failure) => report(texts.selectionFailed, failure, null),
      })
    : null;
  const table = el(
    'table',
    { class: 'table fixed tokens', role: 'table' },
    caption,
    el('thead', { role: 'rowgroup' }, head),
    body,
  );
  const empty = el('div');
  const panel = el('section', { class: 'panel', 'aria-label': texts.results }, table, empty, pages.element);
  const trouble = el('div');
  const create = session.may('write')
    ? button([icon('plus'), texts.createToken], () => openCreateDialog(), { class: 'btn btn-primary' })
    : null;
  const heading = el('h1', { tabindex: '-1' }, texts.serviceTokens);

  let shown = null;
  const beginLoad = latestLoad();
  let typing = false;
  /** The filters of the selection. */
  let selectedBy = '';

  fill(
    main(),
    el('div', { class: 'head' }, heading, create ?? whatToAskFor(session)),
    views.element,
    form,
    trouble,
    panel,
    chosen?.element,
  );
  fromUrl();
  skeleton();
  await load();
  restoreScroll();
  views.refresh();
  if (create && new URLSearchParams(location.search).has('create')) {
    fillInByAddress({ onCreated: afterChange, focusAfter });
  }

  function query(change = {}) {
    return listQuery({ ...current(), ...change }, ownGroups);
  }

  /** Counts the tokens of another state of the list. */
  function count(other) {
    const { sort, ...counted } = other;
    return readTokens({ ...listQuery(counted, ownGroups), limit: 0 });
  }

  function fromUrl() {
    showFilters(filters, url, { ...url.current(), sort: current().sort });
    const active = FILTERS.filter((name) => url.current()[name]).length;
    toFilters.update(active - (url.current().q ? 1 : 0));
    clear.hidden = active === 0;
    views.render();
    const filter = JSON.stringify(FILTERS.map((name) => url.current()[name]));
    if (filter !== selectedBy) {
      selectedBy = filter;
      chosen?.clear(); // it may contain tokens that no longer match
    }
  }

  function addressWith(change) {
    const next = { ...current(), ...change };
    return url.address({
      ...next,
      sort: next.sort === NEWEST ? '' : next.sort,
      offset: next.offset > 0 ? String(next.offset) : '',
    });
  }

  /** Shows the list in another state, and adds a history entry for it. */
  function go(change, { replace = false } = {}) {
    history[replace ? 'replaceState' : 'pushState'](null, '', addressWith(change));
    return changed();
  }

  /** Shows another page of the list, and scrolls to its top. */
  function turn(offset) {
    go({ offset });
    panel.scrollIntoView({ block: 'nearest' });
  }

  function changed() {
    fromUrl();
    return load();
  }

  function onFilter(event) {
    const next = Object.fromEntries(Object.entries(filters).map(([name, filter]) => [name, filter.get()]));
    const now = current();
    next.q = withoutSecret(next.q);
    if (Object.keys(next).some((name) => next[name] !== now[name])) {
      // A typed search adds one history entry, not one for each letter.
      go({ ...next, offset: 0 }, { replace: typing && event.typing });
    }
    typing = event.typing;
  }

  async function load() {
    const signal = beginLoad();
    panel.setAttribute('aria-busy', 'true');
    try {
      const { offset } = current();
      const asked = early ?? ask(ownGroups, signal);
      early = null;
      const answer = await asked;
      if (signal.aborted) {
        return;
      }
      if (answer.tokens.length === 0 && offset > 0 && answer.total > 0 && !answer.totalIsLowerBound) {
        // The requested page no longer exists, so this shows the last page.
        await go({ offset: Math.floor((answer.total - 1) / LIMIT) * LIMIT }, { replace: true });
        return;
      }
      shown = { ...answer, at: Date.now() };
      trouble.replaceChildren();
      creators.learn(shown.tokens);
      render();
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      if (!explained(e)) {
        // The same call would be refused again.
        report(texts.listFailed, e, e.status === BAD_REQUEST ? null : load);
      }
    }
    if (!signal.aborted) {
      panel.removeAttribute('aria-busy');
    }
  }

  /** Shows at the field that its value names no user; such a value can be in a shared address. */
  function explained({ status, violations }) {
    const isCreator = status === BAD_REQUEST && violations.some(({ field }) => field === 'createdBy');
    if (isCreator) {
      shown = { tokens: [], total: 0, at: Date.now() };
      trouble.replaceChildren();
      render();
      creators.refuse(texts.noSuchCreator(current().createdBy));
    }
    return isCreator;
  }

  function report(title, failure, again) {
    fill(trouble, failureNote(title, failure, shown ? texts.listAsOf(timeOfDay(shown.at)) : '', again));
    if (!shown) {
      body.replaceChildren();
      table.hidden = true;
    }
  }

  function skeleton() {
    panel.setAttribute('aria-busy', 'true');
    renderHead();
    pages.element.hidden = true;
    const rows = Math.ceil(window.innerHeight / 53);
    fill(body, Array.from({ length: Math.min(rows, LIMIT) }, () => skeletonRow(chosen)));
  }

  function renderHead() {
    const { sort } = current();
    const focused = head.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.sort : null;
    fill(
      head,
      chosen?.heading(),
      COLUMNS.map((column) =>
        column.sort
          ? sortHeading(column, sort, (next) => addressWith({ sort: next, offset: 0 }), onSort)
          : el('th', { role: 'columnheader', scope: 'col', class: column.className }, column.label),
      ),
      el('th', { role: 'columnheader', scope: 'col', class: 'c-acts' }, el('span', { class: 'sr' }, texts.actionsColumn)),
    );
    if (focused) {
      /** @type {HTMLElement|null} */ (head.querySelector(`[data-sort="${focused}"]`))?.focus();
    }
  }

  function onSort(event, sort) {
    if (!isModified(event)) {
      event.preventDefault();
      go({ sort, offset: 0 });
    }
  }

  function render() {
    const { tokens, total, totalIsLowerBound } = shown;
    const now = current();
    const isFiltered = FILTERS.some((name) => now[name]);
    const isEmpty = tokens.length === 0;
    renderHead();
    caption.textContent = texts.listCaption(texts.sorts[now.sort] ?? now.sort);
    refill(body, () => heading, tokens.map(row));
    chosen?.show(shown);
    announce(countText(), 'count');
    table.hidden = isEmpty;
    // An empty list without a filter needs no search form.
    form.hidden = isEmpty && !isFiltered;
    views.element.hidden = isEmpty && !isFiltered;
    if (create) {
      create.hidden = isEmpty && !isFiltered; // the empty list has a button of its own
    }
    pages.element.hidden = isEmpty;
    fill(empty, isEmpty && (isFiltered ? noMatch(now) : emptyState({ session, onCreate: create && (() => openCreateDialog()) })));
    pages.update(
      {
        shown: tokens.length,
        offset: now.offset,
        limit: LIMIT,
        total,
        isLowerBound: Boolean(totalIsLowerBound),
        hasNext: Boolean(shown.next) && !isCut(),
      },
      (offset) => addressWith({ offset }),
    );
  }

  function isFilteredNow() {
    return FILTERS.some((name) => current()[name]);
  }

  function countText() {
    const { total, totalIsLowerBound } = shown;
    const amount = totalIsLowerBound ? texts.moreThan(number(total)) : number(total);
    return `${amount} ${isFilteredNow() ? texts.tokensMatch(total) : texts.tokens(total)}`;
  }

  /** Returns true if the next page is beyond the maximum offset. */
  function isCut() {
    return Boolean(shown.next) && current().offset + LIMIT > MAX_OFFSET;
  }

  /** Describes the visible range, below the table. */
  function range(from, to, all) {
    return [
      texts.rangeOfTokens(from, to, all, isFilteredNow()),
      isCut() && ` · ${texts.otherTokens}`,
      el('span', { class: 'wide-only' }, ` · ${texts.asOf(timeOfDay(shown.at))}`),
    ];
  }

  function clearFilters() {
    go({ ...Object.fromEntries(FILTERS.map((name) => [name, ''])), offset: 0 });
    filters.q.control.focus();
  }

  function noMatch(now) {
    const all = button(texts.showAll, clearFilters);
    if (!now.q) {
      return state('h2', texts.noMatchAny, texts.noMatchOfFilters, all);
    }
    const isPart = FILTERS.some((name) => name !== 'q' && now[name]);
    return state(
      'h2',
      texts.noMatch(now.q),
      isPart ? texts.noMatchInPart : texts.noMatchText,
      isPart ? linkButton(texts.searchAll(now.q), page('admin/access-tokens', { q: now.q })) : all,
    );
  }

  function row(token) {
    const after = { focusAfter: () => rowAction(body, token.id) ?? heading };
    const onRotate = () => openRotate(token, { onRotated: afterChange, ...after });
    const mayWrite = session.mayTo('write', token);
    return tokenRow(token, {
      check: chosen?.cell(token),
      mayRevoke: session.mayTo('revoke', token),
      mayWrite,
      onRevoke: () => openRevoke(token, { onRevoked: afterChange, onRotate: mayWrite ? onRotate : undefined, ...after }),
      onRotate,
      onClone: () => openCreateDialog(token),
    });
  }

  function filterText() {
    const useText = USES.find(([value]) => value === current().used)?.[1] ?? '';
    return describeFilters(url.current(), filters.groupEntityRef.text(), useText);
  }

  function revokeSelected(tokens, filter) {
    openRevokeMany(tokens, {
      filter,
      onRevoked(result) {
        if (result) {
          showResult(result);
          chosen.clear();
        }
        return afterChange();
      },
      focusAfter: () => heading,
    });
  }

  async function afterChange() {
    await load();
    views.refresh();
  }

  function focusAfter() {
    return create.hidden ? heading : create;
  }

  /** Opens the dialog; a token to start from fills its fields. */
  function openCreateDialog(from) {
    openCreate({ from, onCreated: afterChange, focusAfter });
  }
}

/** Explains why some controls are missing, and which permission to request. */
function whatToAskFor(session) {
  const missing = ['write', 'revoke'].filter((action) => !session.may(action));
  return el(
    'p',
    { class: 'quiet small' },
    texts.aboutReading(session.isLimited('read')),
    texts.askForMore(missing.map(servicePermission).join(', ')),
  );
}
