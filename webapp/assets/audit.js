/** The audit page: the events of all service tokens. */

import { callAddress, page, read, tokenPage } from './api.js';
import { announce, button, el, fill, isModified } from './dom.js';
import { eventCells, eventName } from './events.js';
import { choiceFilter, comboFilter, filterForm, showFilters, textFilter } from './filters.js';
import { group, number, startOfDay } from './format.js';
import { failureNote, main, start, state } from './frame.js';
import { groupFilter } from './groups.js';
import { urlState } from './location.js';
import { texts } from './texts.js';

const LIMIT = 50;
const FEW = 10;
const FILTERS = ['token', 'event', 'groupEntityRef', 'actor', 'from', 'to'];
const STATE = [...FILTERS, 'after'];
const EVENTS = ['created', 'updated', 'rotated', 'previous-secret-ended', 'ended-secret-used', 'revoked', 'imported'];
const WIDTHS = ['w-xl', 'w-m', '', 'w-m', 'w-s', ''];

start({
  tab: 'audit',
  name: texts.audit,
  may: (session) => session.may('read'),
  show,
});

async function show() {
  const url = urlState(STATE, () => changed());
  const filters = {
    token: tokenFilter(),
    event: choiceFilter('event', texts.event, [['', texts.all], ...EVENTS.map((it) => [it, texts.events[it]])]),
    groupEntityRef: await groupFilter(),
    actor: textFilter('actor', texts.by, { placeholder: texts.anyone }),
    from: textFilter('from', texts.fromDay, { type: 'date' }),
    to: textFilter('to', texts.toDay, { type: 'date' }),
  };
  const form = filterForm(texts.auditEvents, Object.values(filters), onFilter);
  const exports = Object.fromEntries(
    ['csv', 'ndjson'].map((format) => [format, el('a', { class: 'btn', download: '' }, texts.export(format.toUpperCase()))]),
  );
  const count = el('p', { role: 'status' });
  const side = el('div', { class: 'row' });
  const body = el('tbody', { role: 'rowgroup' });
  const empty = el('div');
  const trouble = el('div');
  const newest = link(texts.newest, '');
  const older = link(texts.older, null);
  const table = el(
    'table',
    { class: 'table fixed cards', role: 'table' },
    el('caption', { class: 'sr' }, texts.auditEventsCaption),
    el('colgroup', null, WIDTHS.map((width) => el('col', { class: width || null }))),
    el(
      'thead',
      { role: 'rowgroup' },
      el(
        'tr',
        { role: 'row' },
        [texts.when, texts.event, texts.token, texts.group, texts.by, texts.detailsColumn].map((it) =>
          el('th', { role: 'columnheader', scope: 'col' }, it),
        ),
      ),
    ),
    body,
  );
  const shownRows = el('p', { class: 'quiet small' });
  const pages = el('nav', { class: 'bar', 'aria-label': texts.pagesOfEvents }, shownRows, el('div', { class: 'row' }, newest, older));
  const panel = el('section', { class: 'panel', 'aria-label': texts.results }, el('div', { class: 'bar' }, count, side), table, empty, pages);
  let loading = new AbortController();
  let typing = false;
  let loaded = false;

  fill(
    main(),
    el('div', { class: 'head' }, el('h1', { tabindex: '-1' }, texts.audit), el('div', { class: 'row' }, Object.values(exports))),
    form,
    trouble,
    panel,
  );
  fill(count, el('span', { class: 'quiet' }, texts.loading));
  pages.hidden = true;
  fromUrl();
  await load();

  function fromUrl() {
    showFilters(filters, url);
    showExports();
  }

  /** Sets the addresses of the exports, so that they contain what the filters show. */
  function showExports() {
    for (const [format, target] of Object.entries(exports)) {
      target.href = callAddress('service/audit/export', { format, ...query() });
    }
  }

  function changed() {
    fromUrl();
    return load();
  }

  function onFilter(event) {
    const next = Object.fromEntries(Object.entries(filters).map(([name, filter]) => [name, filter.get()]));
    const now = url.current();
    if (FILTERS.some((name) => next[name] !== now[name])) {
      url[typing && event.typing ? 'replace' : 'push']({ ...next, after: '' });
      changed();
    }
    typing = event.typing;
  }

  function link(text, after) {
    return el('a', {
      class: 'btn btn-small',
      'data-after': after,
      on: {
        click: (event) => {
          const target = event.currentTarget;
          if (target.hasAttribute('href') && !isModified(event)) {
            event.preventDefault();
            url.push({ ...url.current(), after: target.dataset.after });
            changed();
            panel.scrollIntoView({ block: 'nearest' });
          }
        },
      },
    }, text);
  }

  /** Returns the API parameters for the current filters. */
  function query() {
    const now = url.current();
    return {
      tokenId: now.token,
      event: now.event,
      groupEntityRef: now.groupEntityRef,
      actor: now.actor,
      from: now.from && startOfDay(now.from).toISOString(),
      to: now.to && startOfDay(now.to, 1).toISOString(), // includes the whole day
    };
  }

  async function load() {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    panel.setAttribute('aria-busy', 'true');
    try {
      const answer = await read('service/audit', { ...query(), limit: LIMIT, after: url.current().after }, signal);
      trouble.replaceChildren();
      loaded = true;
      render(answer);
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      fill(trouble, failureNote(texts.eventsFailed, e, loaded ? texts.belowAsBefore : '', load));
      if (!loaded) {
        fill(count, texts.nothingLoaded);
      }
    }
    if (!signal.aborted) {
      panel.removeAttribute('aria-busy');
    }
  }

  function render(answer) {
    const now = url.current();
    const isFiltered = FILTERS.some((name) => now[name]);
    const isEmpty = answer.events.length === 0;
    const total = answer.totalIsLowerBound ? texts.moreThan(number(answer.total)) : number(answer.total);
    fill(count, el('strong', null, total), ' ', texts.countEvents(answer.total, isFiltered));
    fill(side, isFiltered && button(texts.clearFilters, clear, { class: 'btn btn-small' }));
    fill(body, answer.events.map(row));
    table.hidden = isEmpty;
    fill(empty, isEmpty && noEvents(isFiltered));
    shownRows.textContent = texts.eventsOnPage(number(answer.events.length));
    aim(newest, now.after ? '' : null);
    aim(older, answer.next);
    pages.hidden = isEmpty || (!now.after && !answer.next);
    announce(count.textContent, 'count');
  }

  function aim(target, after) {
    if (after === null || after === undefined) {
      const focused = target === document.activeElement;
      target.removeAttribute('href');
      target.setAttribute('aria-disabled', 'true');
      if (focused) {
        (target === older ? newest : main().querySelector('h1')).focus();
      }
    } else {
      target.dataset.after = after;
      target.href = url.address({ ...url.current(), after });
      target.removeAttribute('aria-disabled');
    }
  }

  function clear() {
    url.push({});
    changed();
    filters.token.control.focus();
  }

  function noEvents(isFiltered) {
    return isFiltered
      ? state('h2', texts.noEventMatches, texts.noEventMatchesText, button(texts.clearFilters, clear))
      : state('h2', texts.noEvents, texts.noEventsText, el('a', { class: 'btn', href: page('admin/access-tokens') }, texts.serviceTokens));
  }
}

/** Returns a filter by token, which searches by name or prefix. */
function tokenFilter() {
  const option = ({ id, name, tokenPrefix }) => ({ value: id, text: name, note: tokenPrefix });
  return comboFilter('token', texts.token, {
    placeholder: texts.tokenPlaceholder,
    listLabel: texts.tokensColumn,
    grow: true,
    search: async (q, signal) => (await read('service', { q, limit: FEW }, signal)).tokens.map(option),
    name: async (id) => option(await read(`service/${encodeURIComponent(id)}`)),
  });
}

function row(event) {
  const cells = eventCells(event);
  return el(
    'tr',
    { role: 'row' },
    cells.when,
    el('td', { role: 'cell', 'data-label': texts.event }, el('div', null, eventName(event))),
    el(
      'th',
      { role: 'rowheader', scope: 'row' },
      el(
        'div',
        { class: 'name' },
        el('a', { class: 'clip', href: tokenPage(event.tokenId), title: event.tokenName }, event.tokenName ?? event.tokenId),
        event.tokenPrefix && [' ', el('code', null, event.tokenPrefix)],
      ),
    ),
    el('td', { role: 'cell', 'data-label': texts.group }, event.groupEntityRef && el('div', { class: 'clip' }, group(event))),
    cells.by,
    cells.details,
  );
}
