/** The list of service tokens. */

import { page, read, tokenPage } from './api.js';
import { openCreate } from './create.js';
import { announce, button, el, fill, isModified, linkButton, refill } from './dom.js';
import { choiceFilter, filterForm, showFilters, sortHeading, textFilter } from './filters.js';
import { actor, group, number, relative, time, timeOfDay } from './format.js';
import { failureNote, main, start, state } from './frame.js';
import { groupFilter } from './groups.js';
import { urlState } from './location.js';
import { pager } from './paging.js';
import { openRevoke, openRevokeMany } from './revoke.js';
import { openRotate, serviceSubject } from './rotate.js';
import { resultArea } from './revoked.js';
import { selection } from './selection.js';
import { servicePermission } from './session.js';
import { chip, nextStep } from './status.js';
import { texts } from './texts.js';
import { unused, USES } from './use.js';

const LIMIT = 50;
const NEWEST = '-createdAt';
const FILTERS = ['q', 'status', 'groupEntityRef', 'createdBy', 'used'];
const STATE = [...FILTERS, 'sort', 'offset'];
const SCOPES_SHOWN = 2;
const STATUSES = ['active', 'expiring', 'expired', 'revoked'];

/** The sortable columns; `first` is the order after the first click. */
const FIRST = { createdAt: NEWEST, lastUsedAt: '-lastUsedAt' };
const COLUMNS = [
  { sort: 'name', label: texts.name },
  { sort: 'groupEntityRef', label: texts.group },
  { label: texts.scopes },
  { sort: 'status', label: texts.status },
  { sort: 'expiresAt', label: texts.expires },
  { sort: 'lastUsedAt', label: texts.lastUsed },
  { sort: 'createdAt', label: texts.created, alsoSort: ['createdBy', texts.by] },
];
const WIDTHS = ['', 'w-m', 'w-l', 'w-xs', 'w-s', 'w-s', 'w-s', 'w-acts'];

start({
  tab: 'list',
  name: texts.serviceTokens,
  may: (session) => session.may('read'),
  show,
});

async function show(session) {
  const url = urlState(STATE, () => changed());
  // Requests the first page of the list while the filters are created.
  let early = ask(new AbortController().signal);
  early.catch(() => {}); // a failure is reported when it is awaited
  const mayRevoke = session.may('revoke');
  const filters = {
    q: textFilter('q', texts.search, { placeholder: texts.searchPlaceholder, grow: true }),
    status: choiceFilter('status', texts.status, [
      ['', texts.all],
      ...STATUSES.map((it) => [it, texts.statuses[it]]),
    ]),
    groupEntityRef: await groupFilter(),
    used: choiceFilter('used', texts.use, USES, { isClosed: true }),
    createdBy: textFilter('createdBy', texts.createdBy, { placeholder: texts.anyone }),
    sort: choiceFilter('sort', texts.sort, Object.entries(texts.sorts), { className: 'pick only-cards' }),
  };
  const form = filterForm(texts.serviceTokens, Object.values(filters), onFilter);
  const head = el('tr', { role: 'row' });
  const body = el('tbody', { role: 'rowgroup' });
  const caption = el('caption', { class: 'sr' });
  const count = el('p', { role: 'status' });
  const side = el('div', { class: 'row' });
  const bar = el('div', { class: 'bar' }, count, side);
  const pages = pager(texts.pages, texts.rangeOfTokens, turn);
  const chosen = mayRevoke
    ? selection({ body, bar, onRevoke: revokeSelected, onClear: () => showCount() })
    : null;
  const table = el(
    'table',
    { class: 'table fixed cards', role: 'table' },
    caption,
    el(
      'colgroup',
      null,
      chosen && el('col', { class: 'w-check' }),
      WIDTHS.map((width) => el('col', { class: width || null })),
    ),
    el('thead', { role: 'rowgroup' }, head),
    body,
  );
  const empty = el('div');
  const panel = el('section', { class: 'panel', 'aria-label': texts.results }, bar, table, empty, pages.element);
  const trouble = el('div');
  const create = session.may('write') ? button(texts.createToken, openCreateDialog, { class: 'btn btn-primary' }) : null;
  const heading = el('h1', { tabindex: '-1' }, texts.serviceTokens);

  const results = resultArea(() => heading);

  let shown = null;
  let loading = new AbortController();
  let typing = false;

  fill(
    main(),
    el('div', { class: 'head' }, heading, create ?? whatToAskFor(session)),
    form,
    results.element,
    trouble,
    panel,
  );
  fromUrl();
  skeleton();
  await load();

  function current() {
    const now = url.current();
    return { ...now, sort: now.sort || NEWEST, offset: Number.parseInt(now.offset, 10) || 0 };
  }

  function ask(signal) {
    const { used, ...asked } = current();
    return read('service', { ...asked, ...unused(used), limit: LIMIT }, signal);
  }

  function fromUrl() {
    showFilters(filters, url, { ...url.current(), sort: current().sort });
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
    changed();
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
    if (Object.keys(next).some((name) => next[name] !== now[name])) {
      // A typed search adds one history entry, not one for each letter.
      go({ ...next, offset: 0 }, { replace: typing && event.typing });
    }
    typing = event.typing;
  }

  async function load() {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    panel.setAttribute('aria-busy', 'true');
    try {
      const { offset } = current();
      const asked = early ?? ask(signal);
      early = null;
      const answer = await asked;
      if (signal.aborted) {
        return;
      }
      if (answer.tokens.length === 0 && offset > 0 && answer.total > 0 && !answer.totalIsLowerBound) {
        // The requested page no longer exists, so this shows the last page.
        go({ offset: Math.floor((answer.total - 1) / LIMIT) * LIMIT }, { replace: true });
        return;
      }
      shown = { ...answer, at: Date.now() };
      trouble.replaceChildren();
      render();
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      fill(trouble, failureNote(texts.listFailed, e, shown ? texts.listAsOf(timeOfDay(shown.at)) : '', load));
      if (!shown) {
        body.replaceChildren();
        fill(count, texts.nothingLoaded);
      }
    }
    if (!signal.aborted) {
      panel.removeAttribute('aria-busy');
    }
  }

  function skeleton() {
    panel.setAttribute('aria-busy', 'true');
    fill(count, el('span', { class: 'quiet' }, texts.loading));
    renderHead();
    pages.element.hidden = true;
    const cells = WIDTHS.length + (chosen ? 1 : 0);
    const line = () =>
      el(
        'tr',
        { role: 'row' },
        Array.from({ length: cells }, () => el('td', { role: 'cell' }, el('span', { class: 'skeleton short' }))),
      );
    fill(body, Array.from({ length: 8 }, line));
  }

  function renderHead() {
    const { sort } = current();
    const focused = head.contains(document.activeElement) ? document.activeElement.dataset.sort : null;
    fill(
      head,
      chosen?.heading(),
      COLUMNS.map((column) =>
        column.sort
          ? sortHeading({ ...column, first: FIRST }, sort, (next) => addressWith({ sort: next, offset: 0 }), onSort)
          : el('th', { role: 'columnheader', scope: 'col' }, column.label),
      ),
      el('th', { role: 'columnheader', scope: 'col' }, el('span', { class: 'sr' }, texts.actionsColumn)),
    );
    if (focused) {
      head.querySelector(`[data-sort="${focused}"]`)?.focus();
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
    chosen?.reset(tokens);
    showCount();
    announce(count.textContent, 'count');
    table.hidden = isEmpty;
    // An empty list without a filter needs no search form.
    form.hidden = isEmpty && !isFiltered;
    bar.hidden = isEmpty && !isFiltered;
    pages.element.hidden = isEmpty;
    fill(empty, isEmpty && (isFiltered ? noMatch(now) : noTokens()));
    pages.update(
      {
        shown: tokens.length,
        offset: now.offset,
        limit: LIMIT,
        total,
        isLowerBound: Boolean(totalIsLowerBound),
        hasNext: shown.next !== null && shown.next !== undefined ? true : now.offset + tokens.length < total,
      },
      (offset) => addressWith({ offset }),
    );
  }

  function showCount() {
    const { total, totalIsLowerBound } = shown;
    const isFiltered = FILTERS.some((name) => current()[name]);
    const amount = el('strong', null, totalIsLowerBound ? texts.moreThan(number(total)) : number(total));
    fill(count, amount, ' ', isFiltered ? texts.tokensMatch(total) : texts.tokens(total));
    fill(
      side,
      isFiltered
        ? button(texts.clearFilters, clearFilters, { class: 'btn btn-small' })
        : el('span', { class: 'quiet small' }, texts.updatedAt(timeOfDay(shown.at))),
    );
    bar.classList.remove('is-selecting');
  }

  function clearFilters() {
    go({ ...Object.fromEntries(FILTERS.map((name) => [name, ''])), offset: 0 });
    filters.q.control.focus();
  }

  function noMatch(now) {
    const others = FILTERS.some((name) => name !== 'q' && now[name]);
    return state(
      'h2',
      now.q ? texts.noMatch(now.q) : texts.noMatchAny,
      others ? texts.noMatchFiltered : texts.noMatchText,
      now.q && others
        ? linkButton(texts.searchAll(now.q), page('admin/access-tokens', { q: now.q }))
        : button(texts.showAll, clearFilters),
    );
  }

  function noTokens() {
    return state(
      'h2',
      texts.noTokens,
      texts.noTokensText,
      create && button(texts.createFirst, openCreateDialog, { class: 'btn btn-primary' }),
      linkButton(texts.apiReference, page('api/openapi.json')),
    );
  }

  function row(token) {
    const nameId = `t-${token.id}`;
    const address = tokenPage(token.id);
    return el(
      'tr',
      { role: 'row', 'data-id': token.id },
      chosen?.cell(token, session.mayTo('revoke', token)),
      el(
        'th',
        { role: 'rowheader', scope: 'row' },
        el(
          'div',
          { class: 'name' },
          el('a', { class: 'clip', id: nameId, href: address, title: token.name }, token.name),
          ' ',
          el('code', null, token.tokenPrefix),
        ),
        el('span', { class: 'sub clip', dir: 'auto', title: token.description }, token.description),
      ),
      el('td', { role: 'cell', 'data-label': texts.group }, el('div', { class: 'clip' }, group(token))),
      el('td', { role: 'cell', 'data-label': texts.scopes }, scopes(token, address)),
      el('td', { role: 'cell', class: 'at-status' }, chip(token.status), token.revokedAt && el('span', { class: 'sub' }, time(token.revokedAt, relative)), whatNext(token, nameId, address)),
      el('td', { role: 'cell', 'data-label': texts.expires }, el('div', null, time(token.expiresAt), token.status !== 'revoked' && el('span', { class: 'sub' }, relative(token.expiresAt)))),
      el('td', { role: 'cell', 'data-label': texts.lastUsed }, el('div', null, token.lastUsedAt ? time(token.lastUsedAt, relative) : el('span', { class: 'quiet' }, texts.never))),
      el('td', { role: 'cell', 'data-label': texts.created }, el('div', null, time(token.createdAt), el('span', { class: 'sub clip' }, texts.byUser, actor(token.createdBy)))),
      el(
        'td',
        { role: 'cell', class: 'mid' },
        el(
          'div',
          { class: 'acts' },
          button(texts.auditOne, () => location.assign(tokenPage(token.id, '#audit')), { class: 'btn btn-small', 'aria-describedby': nameId }),
          token.status !== 'revoked' &&
            session.mayTo('revoke', token) &&
            button(texts.revoke, () => openRevoke(token, { onRevoked: afterChange, focusAfter: () => firstAction(token.id) }), {
              class: 'btn btn-small btn-danger',
              'aria-describedby': nameId,
            }),
        ),
      ),
    );
  }

  function whatNext(token, nameId, address) {
    const rotate = () => openRotate(serviceSubject(token), { onRotated: afterChange, focusAfter: () => firstAction(token.id) });
    return nextStep(token, nameId, {
      toSecrets: (text, attributes) => el('a', { href: `${address}#secrets`, ...attributes }, text),
      onRotate: session.mayTo('write', token) ? rotate : null,
    });
  }

  function scopes(token, address) {
    const fits = token.scopes.length <= SCOPES_SHOWN;
    const first = fits ? token.scopes : token.scopes.slice(0, SCOPES_SHOWN - 1);
    return el(
      'div',
      { class: 'ids' },
      first.map((scope) => el('code', { class: 'clip', title: scope }, scope)),
      !fits &&
        el('a', { href: `${address}#scopes`, title: token.scopes.slice(first.length).join('\n') }, texts.more(number(token.scopes.length - first.length))),
    );
  }

  function firstAction(id) {
    return body.querySelector(`[data-id="${CSS.escape(id)}"] .acts .btn`) ?? heading;
  }

  function revokeSelected(tokens) {
    openRevokeMany(tokens, { onRevoked: showResult, focusAfter: () => heading });
  }

  function showResult(result) {
    if (result) {
      results.show(result);
    }
    return load();
  }

  /** Removes the result of the previous change, and reloads the list. */
  function afterChange() {
    results.clear();
    return load();
  }

  function openCreateDialog() {
    openCreate({ onCreated: afterChange, focusAfter: () => create });
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
