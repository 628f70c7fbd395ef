/** The audit page: the events of all service tokens or of all personal tokens, grouped by day. */

import { callAddress, latestLoad, page, read, tokenPage } from './api.js';
import { copyAndAnnounce, copyButton } from './copyable.js';
import { announce, attribute, button, el, fill, icon, isModified, note } from './dom.js';
import { REF } from './creators.js';
import { details, eventBadge, eventName } from './events.js';
import { MORE } from './combobox.js';
import { comboFilter, filterButton, filterForm, showFilters, textFilter } from './filters.js';
import { actor, DAY_MILLIS, foldCase, isoDay, isoDayIn, number, shortRef, startOfDay, time, timeOfDay } from './format.js';
import { main, start } from './frame.js';
import { groupFilter } from './groups.js';
import { urlState } from './location.js';
import { logStatus, proofLink } from './log-status.js';
import { failureNote, state } from './states.js';
import { texts } from './texts.js';

const LIMIT = 50;
const FEW = 10;
const FILTERS = ['token', 'event', 'groupEntityRef', 'user', 'actor', 'span', 'from', 'to'];
const STATE = [...FILTERS, 'kind', 'id', 'after'];
const PERSONAL = 'personal';
const EVENTS = ['created', 'minted', 'exchanged', 'updated', 'rotated', 'previous-secret-ended', 'ended-secret-used', 'revoked', 'imported'];
/** The events that tokens of a kind never have. The kind of service tokens is empty. */
const OTHERS = { '': ['minted', 'exchanged'], [PERSONAL]: ['created', 'updated'] };
/** The filters that only one kind of tokens has. */
const OF_KIND = { token: '', groupEntityRef: '', user: PERSONAL };
/** The time spans that end now, in days. */
const SPANS = { '24h': 1, '7d': 7, '30d': 30 };
const CUSTOM = 'custom';
/** A time span ends now, or its days are entered. */
const SPAN_CHOICES = [['', texts.anyTime], ...Object.keys(SPANS).map((it) => [it, texts.spans[it]]), [CUSTOM, texts.customSpan]];
const KIND_CHOICES = [['', texts.serviceTokens], [PERSONAL, texts.personalTokens]];
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const wholeDay = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

start({
  tab: 'audit',
  name: texts.audit,
  may: (session) => session.may('read'),
  show,
});

/** @param {import('./session.js').Session} session */
async function show(session) {
  const url = urlState(STATE, () => changed());
  /** The actors of the events that were loaded, and the user. */
  const actors = new Set([session.subject]);
  const filters = {
    token: tokenFilter(),
    groupEntityRef: await groupFilter(),
    user: userFilter(),
    actor: actorFilter(actors),
    from: textFilter('from', texts.fromDay, { type: 'date' }),
    to: textFilter('to', texts.toDay, { type: 'date' }),
  };
  const span = segments('span', texts.timeSpan, SPAN_CHOICES, onSpan);
  const kind = segments('kind', texts.tokensColumn, KIND_CHOICES, (chosen) => {
    const dropped = Object.fromEntries(['event', ...Object.keys(OF_KIND)].map((name) => [name, '']));
    go({ ...dropped, kind: chosen });
  });
  const form = filterForm(texts.auditEvents, Object.values(filters), onFilter);
  const toggle = filterButton(() => form);
  const clearButton = button(texts.clearFilters, clear, { class: 'btn btn-bare' });
  form.prepend(...(session.mayOwn('admin') ? [kind.element] : []), span.element);
  form.append(toggle.element, clearButton);
  const kinds = kindChips((event) => go({ event }));
  const exports = Object.fromEntries(
    ['csv', 'ndjson'].map((format) => [
      format,
      el('a', { class: 'btn', download: '', 'aria-describedby': 'exported' }, format === 'csv' && icon('download'), texts.export(format.toUpperCase())),
    ]),
  );
  /** Says which events an export contains. */
  const exported = el('p', { class: 'quiet small', id: 'exported' });
  const count = el('p', { role: 'status' });
  const days = el('div', { class: 'days' });
  const trouble = el('div');
  const stateOfLog = logStatus(session);
  const single = el('div');
  const newest = link(texts.newest, '');
  const older = link(texts.older, null);
  const moves = el('nav', { class: 'row', 'aria-label': texts.pagesOfEvents }, newest, older);
  const foot = el('div', { class: 'bar bar-foot', hidden: true }, count, moves);
  const panel = el(
    'section',
    { class: 'panel', 'aria-label': texts.results },
    days,
    foot,
  );
  const beginLoad = latestLoad();
  let typing = false;
  let loaded = false;
  /** The filters that the numbers of the chips belong to. */
  let countedFor = '';

  fill(
    main(),
    el('div', { class: 'head' }, el('h1', { tabindex: '-1' }, texts.audit), el('div', { class: 'row' }, exported, Object.values(exports))),
    stateOfLog.element,
    single,
    form,
    kinds.element,
    trouble,
    panel,
  );
  fill(days, skeleton());
  moves.hidden = true;
  fromUrl();
  await load();

  function fromUrl() {
    const now = url.current();
    const isAllowed = now.kind === '' || (now.kind === PERSONAL && session.mayOwn('admin'));
    if ((now.id && !ID.test(now.id)) || !isAllowed) {
      url.replace({ ...now, id: ID.test(now.id) ? now.id : '', kind: isAllowed ? now.kind : '' });
    }
    showFilters(filters, url);
    const { id, span: chosen, from, to, event, kind: shownKind } = url.current();
    kind.set(shownKind);
    for (const [name, only] of Object.entries(OF_KIND)) {
      filters[name].element.hidden = only !== shownKind;
    }
    span.set(from || to ? CUSTOM : chosen in SPANS || chosen === CUSTOM ? chosen : '');
    showDates();
    kinds.set(event, shownKind);
    fill(single, id && oneEvent(() => url.address({ kind: shownKind })));
    form.hidden = Boolean(id);
    kinds.element.hidden = Boolean(id);
    const active = FILTERS.filter((name) => name !== 'event' && name !== 'token' && url.current()[name]).length;
    toggle.update(active);
    clearButton.hidden = !FILTERS.some((name) => url.current()[name]);
    showExports();
  }

  function showDates() {
    for (const filter of [filters.from, filters.to]) {
      filter.element.hidden = span.get() !== CUSTOM;
    }
  }

  /** Sets the addresses of the exports, so that they contain what the filters show. */
  function showExports() {
    for (const [format, target] of Object.entries(exports)) {
      target.href = callAddress(`${log()}/export`, { format, ...query() });
    }
    const { id, span: chosen, from, to, kind: shownKind } = url.current();
    const days = SPANS[chosen] && [new Date(Date.now() - SPANS[chosen] * DAY_MILLIS), new Date()];
    const [first, last] = days ?? [from && startOfDay(from), to && startOfDay(to)];
    exported.textContent = id ? '' : texts.exportOf(shownKind === PERSONAL, first && shortDay.format(first), last && shortDay.format(last));
  }

  /** Returns the path of the audit log of the chosen kind of tokens. */
  function log() {
    return url.current().kind === PERSONAL ? 'user-tokens/audit' : 'service/audit';
  }

  function changed() {
    fromUrl();
    return load();
  }

  /** Changes a part of the state, and shows the first page of its events. */
  function go(change) {
    url.push({ ...url.current(), ...change, after: '' });
    changed();
  }

  /** The days of "Custom" begin as those of the span that was chosen before. */
  function onSpan(chosen) {
    const before = url.current().span;
    if (chosen !== CUSTOM) {
      go({ span: chosen, from: '', to: '' });
    } else if (before in SPANS) {
      go({ span: '', from: isoDayIn(-SPANS[before]), to: isoDayIn(0) });
    } else {
      go({ span: CUSTOM });
    }
  }

  function onFilter(event) {
    const next = Object.fromEntries(Object.entries(filters).map(([name, filter]) => [name, filter.get()]));
    const now = url.current();
    if (Object.keys(filters).some((name) => next[name] !== now[name])) {
      const chosen = span.get() === CUSTOM && !next.from && !next.to ? CUSTOM : now.span;
      const dated = next.from || next.to ? '' : chosen;
      url[typing && event.typing ? 'replace' : 'push']({ ...now, ...next, span: dated, after: '' });
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
    if (now.id) {
      return { id: now.id };
    }
    const length = SPANS[now.span];
    return {
      tokenId: now.token,
      event: now.event,
      groupEntityRef: now.groupEntityRef,
      userEntityRef: now.user,
      actor: now.actor,
      from: length
        ? new Date(Date.now() - length * DAY_MILLIS).toISOString()
        : now.from && startOfDay(now.from).toISOString(),
      to: now.to && startOfDay(now.to, 1).toISOString(), // includes the whole day
    };
  }

  async function load() {
    stateOfLog.load();
    const signal = beginLoad();
    const { after, id } = url.current();
    panel.setAttribute('aria-busy', 'true');
    try {
      // The numbers of the chips do not depend on the page.
      const filter = JSON.stringify({ ...url.current(), after: '' });
      const counts = !id && (!after || filter !== countedFor) ? { counts: true } : {};
      const answer = await read(log(), { ...query(), ...counts, limit: LIMIT, after }, signal);
      trouble.replaceChildren();
      loaded = true;
      answer.events.forEach((event) => actors.add(event.actor));
      if (answer.eventCounts) {
        kinds.count(answer.eventCounts);
        countedFor = filter;
      }
      render(answer);
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      fill(trouble, failureNote(texts.eventsFailed, e, loaded ? texts.belowAsBefore : '', load));
      if (!loaded) {
        days.replaceChildren();
        foot.hidden = false;
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
    const total = answer.totalIsLowerBound ? texts.moreThan(number(answer.total)) : number(answer.total);
    foot.hidden = false;
    fill(count, texts.eventsShown(number(answer.events.length), total, answer.total, isFiltered));
    fill(days, answer.events.length === 0 ? noEvents(isFiltered, now.id) : byDay(answer, now));
    aim(newest, now.after ? '' : null);
    aim(older, answer.next);
    moves.hidden = !now.after && !answer.next;
    announce(count.textContent, 'count');
  }

  /**
   * Groups the events by local day. The number of events of a day is known if all are shown.
   *
   * @param {{events: *[], next: ?string}} answer
   * @param {Record<string, string>} state of the address
   */
  function byDay({ events, next }, { after, id, kind: shownKind }) {
    const found = new Map();
    for (const event of events) {
      const day = isoDay(new Date(event.occurredAt));
      found.set(day, [...(found.get(day) ?? []), event]);
    }
    return [...found].map(([day, ofDay], index) => {
      const isWhole = !id && !(index === 0 && after) && !(index === found.size - 1 && next);
      return el(
        'div',
        null,
        el('h2', { class: 'day' }, dayHeading(day, isWhole ? ofDay.length : null)),
        ofDay.map((event) => eventLine(event, url.address({ kind: shownKind, id: event.id }), Boolean(id))),
      );
    });
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
    const { kind: shownKind } = url.current();
    url.push({ kind: shownKind });
    changed();
    filters[shownKind === PERSONAL ? 'user' : 'token'].control.focus();
  }

  function noEvents(isFiltered, id) {
    if (id) {
      return state('h2', texts.noSuchEvent, texts.noSuchEventText, el('a', { class: 'btn', href: url.address({ kind: url.current().kind }) }, texts.allEvents));
    }
    return isFiltered
      ? state('h2', texts.noEventMatches, texts.noEventMatchesText, button(texts.clearFilters, clear))
      : url.current().kind === PERSONAL
        ? state('h2', texts.noEvents, texts.noPersonalEventsText)
        : state('h2', texts.noEvents, texts.noEventsText, el('a', { class: 'btn', href: page('admin/access-tokens') }, texts.serviceTokens));
  }
}

/** Shows that the page has only one event. */
function oneEvent(address) {
  return note({ sign: 'link' }, null, el('p', null, texts.oneEventShown, ' ', el('a', { href: address() }, texts.showAllEvents)));
}

/** Creates placeholders of the height of events. */
function skeleton() {
  return [
    el('div', { class: 'day quiet' }, texts.loading),
    Array.from({ length: LIMIT / 2 }, () => el('div', { class: 'event' }, el('div', { class: 'line', 'aria-hidden': 'true' }, el('span', { class: 'skeleton' })))),
  ];
}

/** Creates a choice of one of a few values. */
function segments(name, label, choices, onChoose) {
  const radios = choices.map(([value]) =>
    el('input', { type: 'radio', name, value, on: { change: (event) => { event.stopPropagation(); onChoose(value); } } }),
  );
  const get = () => radios.find((radio) => radio.checked)?.value ?? '';
  return {
    element: el(
      'div',
      { class: 'segments', role: 'radiogroup', 'aria-label': label },
      choices.map(([, text], index) => el('label', null, radios[index], text)),
    ),
    get,
    set: (value) => radios.forEach((radio) => (radio.checked = radio.value === value)),
  };
}

/** Creates one chip for each kind of event, with the number of events. */
function kindChips(onChoose) {
  const made = new Map(
    ['', ...EVENTS].map((event) => {
      const n = el('span', { class: 'n' });
      const text = event ? texts.events[event] : texts.all;
      return [event, { n, chip: el('button', { class: 'chip', type: 'button', on: { click: () => onChoose(event) } }, text, ' ', n) }];
    }),
  );
  const shown = (total, more) => (more ? texts.orMore(number(total)) : number(total));
  return {
    element: el('div', { class: 'chips', role: 'group', 'aria-label': texts.event }, [...made.values()].map(({ chip }) => chip)),
    set: (event, kind) =>
      made.forEach(({ chip }, of) => {
        chip.hidden = OTHERS[kind].includes(of);
        attribute(chip, 'aria-pressed', String(of === event));
      }),
    count(counts) {
      counts.forEach(({ event, total, totalIsLowerBound }) => (made.get(event).n.textContent = shown(total, totalIsLowerBound)));
      const sum = counts.reduce((all, { total }) => all + total, 0);
      made.get('').n.textContent = shown(sum, counts.some(({ totalIsLowerBound }) => totalIsLowerBound));
    },
  };
}

/** Returns a filter by token, which searches by name or prefix. */
function tokenFilter() {
  const option = ({ id, name, tokenPrefix }) => ({ value: id, text: name, note: tokenPrefix });
  return comboFilter('token', texts.token, {
    placeholder: texts.tokenPlaceholder,
    listLabel: texts.tokensColumn,
    grow: true,
    search: async (q, signal) => {
      const { tokens, next } = await read('service', { q, limit: FEW }, signal);
      return [...tokens.map(option), ...(next ? [MORE] : [])];
    },
    name: async (id) => option(await read(`service/${encodeURIComponent(id)}`)),
  });
}

/** Returns a filter by the user that owns a personal token. It suggests users with valid tokens. */
function userFilter() {
  const option = (ref) => ({ value: ref, text: shortRef(ref), note: ref });
  return comboFilter('user', texts.person, {
    placeholder: texts.anyone,
    listLabel: texts.people,
    search: async (q, signal) => {
      const { users, next } = await read('user-tokens/users', { q, limit: FEW }, signal);
      const typed = REF.test(q) ? [{ value: q, text: q, note: texts.asTyped }] : [];
      return [...users.map(({ userEntityRef }) => option(userEntityRef)), ...typed, ...(next ? [MORE] : [])];
    },
    name: async (ref) => option(ref),
    unknown: (typed) => texts.noUserRef(typed),
  });
}

/**
 * Returns a filter by actor. It suggests only actors of events that the page has shown, and takes
 * any other text as it is.
 *
 * @param {Set<string>} actors
 */
function actorFilter(actors) {
  const option = (ref) => ({ value: ref, text: actor(ref).textContent, note: ref });
  return comboFilter('actor', texts.by, {
    placeholder: texts.anyone,
    listLabel: texts.actorsOfEvents,
    search: async (q) => {
      const wanted = foldCase(q);
      const known = [...actors].map(option).filter(({ text, note }) => foldCase(`${text} ${note}`).includes(wanted));
      const isKnown = known.some(({ text, note }) => [text, note].some((it) => foldCase(it) === wanted));
      const typed = q && !isKnown ? [{ value: q, text: q, note: texts.asTyped }] : [];
      return [...known.slice(0, FEW), ...typed, ...(known.length > FEW ? [MORE] : [])];
    },
    name: async (ref) => ({ ...option(ref), text: shortRef(actor(ref).textContent) }),
  });
}

function dayHeading(day, events) {
  const name = { [isoDayIn(0)]: texts.today, [isoDayIn(-1)]: texts.yesterday }[day];
  const whole = wholeDay.format(startOfDay(day));
  const more = [name && whole, events !== null && texts.countOfEvents(events, number(events))].filter((it) => it).join(' · ');
  return [name ?? whole, ' ', el('span', { class: 'quiet' }, more)];
}

/**
 * Shows an event in one line, which opens to its JSON.
 *
 * @param {object} event as in the API
 * @param {string} address the permanent address of the event
 */
function eventLine(event, address, isOpen) {
  const content = el('div', { class: 'json' });
  const line = el(
    'details',
    { class: 'event', id: event.id, open: isOpen, on: { toggle: () => line.open && !content.hasChildNodes() && open() } },
    el(
      'summary',
      null,
      time(event.occurredAt, timeOfDay, { class: 'c-time quiet' }),
      eventBadge(event),
      el('span', { class: 'what' }, eventName(event)),
      el(
        'span',
        { class: 'c-token any', title: event.groupDisplayName || event.groupEntityRef || event.userEntityRef },
        event.tokenName ?? event.tokenId,
        ' ',
        event.tokenPrefix && el('code', { class: 'quiet wide-only' }, event.tokenPrefix),
      ),
      el('div', { class: 'c-detail quiet' }, details(event)),
      el('span', { class: 'c-index' }, el('span', { class: 'row-tight' }, avatar(event.actor), el('span', { class: 'clip' }, actor(event.actor)))),
      el('span', { class: 'chevron' }, icon('right')),
    ),
    content,
  );

  function open() {
    const json = JSON.stringify(event, null, 2);
    const code = el('code', null, json);
    const copyJson = copyButton(json, texts.json, code);
    copyJson.classList.add('btn-small');
    const permanent = new URL(address, location.href).href;
    const shown = el('code', { class: 'any', hidden: true }, permanent);
    fill(
      content,
      el('div', { class: 'code' }, el('pre', { tabindex: '0', 'aria-label': texts.json, role: 'region' }, code), copyJson),
      el(
        'div',
        { class: 'row body13' },
        shown,
        el(
          'span',
          { class: 'push row' },
          proofLink(event),
          event.userEntityRef
            ? el('a', { class: 'btn btn-small', href: page('admin/access-tokens/people', { user: event.userEntityRef }) }, texts.openThisPerson)
            : el('a', { class: 'btn btn-small', href: tokenPage(event.tokenId) }, texts.openThisToken),
          button([icon('link'), texts.copyEventLink], () => copyLink(permanent, shown), { class: 'btn btn-small' }),
        ),
      ),
    );
  }

  if (isOpen) {
    open();
  }
  return line;
}

/** Copies a link, and shows it. If the browser does not allow copying, the link is selected. */
async function copyLink(address, shown) {
  shown.hidden = false;
  fill(shown, address);
  await copyAndAnnounce(address, texts.eventLink, shown);
}

function avatar(ref) {
  return el('span', { class: 'avatar', 'aria-hidden': 'true' }, actor(ref).textContent.charAt(0));
}
