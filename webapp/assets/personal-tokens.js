/** The page of the user's own personal tokens. */

import { takeArrival } from './arrival.js';
import { Failure, read, write } from './api.js';
import { announce, button, el, fill, refill } from './dom.js';
import { openDialog } from './dialog.js';
import { eventCells, eventName } from './events.js';
import { number, relative, time, timeOfDay } from './format.js';
import { failureNote, main, reason, start, state } from './frame.js';
import { urlState } from './location.js';
import { exchangeCommand, whoAmICommand } from './once.js';
import { openCreateOwn, showMinted } from './own-token.js';
import { pager } from './paging.js';
import { openRevokeOwn } from './revoke.js';
import { openRotate, personalSubject } from './rotate.js';
import { openEndOld } from './secrets.js';
import { chip, nextStep } from './status.js';
import { texts } from './texts.js';

const LIMIT = 50;
const EVENTS = 100;
const WIDTHS = ['', 'w-xl', 'w-xs', 'w-s', 'w-s', 'w-s', 'w-acts3'];

start({
  tab: 'personal',
  name: texts.personalTokens,
  may: (session) => session.mayOwn('read'),
  show,
});

async function show(session) {
  const url = urlState(['offset'], () => load());
  const body = el('tbody', { role: 'rowgroup' });
  const count = el('p', { role: 'status' });
  const updated = el('p', { class: 'quiet small' });
  const empty = el('div');
  const trouble = el('div');
  const arrived = el('div');
  const create = session.mayOwn('write') && button(texts.createToken, openCreate, { class: 'btn btn-primary' });
  const heading = el('h1', { tabindex: '-1' }, texts.personalTokens);
  const headings = [texts.name, texts.scopes, texts.status, texts.expires, texts.lastUsed, texts.created];
  const table = el(
    'table',
    { class: 'table fixed cards', role: 'table' },
    el('caption', { class: 'sr' }, texts.personalCaption),
    el('colgroup', null, WIDTHS.map((width) => el('col', { class: width || null }))),
    el(
      'thead',
      { role: 'rowgroup' },
      el(
        'tr',
        { role: 'row' },
        headings.map((it) => el('th', { role: 'columnheader', scope: 'col' }, it)),
        el('th', { role: 'columnheader', scope: 'col' }, el('span', { class: 'sr' }, texts.actionsColumn)),
      ),
    ),
    body,
  );
  const pages = pager(texts.pages, texts.rangeOfTokens, (offset) => {
    url.push({ offset: offset > 0 ? String(offset) : '' });
    load();
  });
  const bar = el('div', { class: 'bar' }, count, updated);
  const panel = el('section', { class: 'panel', 'aria-label': texts.yourTokens }, bar, table, empty, pages.element);
  let shown = null;

  fill(
    main(),
    el(
      'div',
      { class: 'stack-tight' },
      el('div', { class: 'head' }, heading, create),
      el('p', { class: 'quiet' }, texts.personalIntroduction),
    ),
    arrived,
    trouble,
    panel,
    howToUse(),
  );
  fill(count, el('span', { class: 'quiet' }, texts.loading));
  pages.element.hidden = true;
  const brought = takeArrival();
  if (brought?.error) {
    // A denial by the user is not an error.
    const kind = brought.error === 'access_denied' ? 'note' : 'note note-bad';
    fill(arrived, notMade(texts.mintErrors[brought.error] ?? texts.mintErrors.invalid_request, kind));
  }
  if (brought?.code) {
    await pickUp(brought.code);
  }
  await load();

  /**
   * Exchanges the code of the consent for the token. Its secret stays on the screen until the
   * dialog is closed.
   */
  async function pickUp(code) {
    try {
      const answer = await write('POST', 'personal/mint/pickup', { code });
      showMinted(answer, () => create || heading);
    } catch (e) {
      if (!(e instanceof Failure)) {
        throw e;
      }
      fill(arrived, e.isUncertain ? maybeMade(e) : notMade(e.status === 404 ? texts.mintErrors.expired : reason(e)));
    }
  }

  async function load() {
    const offset = Number.parseInt(url.current().offset, 10) || 0;
    panel.setAttribute('aria-busy', 'true');
    try {
      shown = { ...(await read('personal', { limit: LIMIT, offset })), at: Date.now() };
      trouble.replaceChildren();
      render(offset);
    } catch (e) {
      fill(trouble, failureNote(texts.listFailed, e, shown ? texts.listAsOf(timeOfDay(shown.at)) : '', load));
    }
    panel.removeAttribute('aria-busy');
  }

  function render(offset) {
    const { tokens, total } = shown;
    const isEmpty = tokens.length === 0;
    fill(count, el('strong', null, number(total)), ' ', texts.tokens(total));
    fill(updated, texts.updatedAt(timeOfDay(shown.at)));
    refill(body, () => heading, tokens.map(row));
    announce(count.textContent, 'count');
    table.hidden = isEmpty;
    bar.hidden = isEmpty;
    pages.element.hidden = total <= LIMIT;
    fill(
      empty,
      isEmpty &&
        state('h2', texts.noPersonalTokens, texts.noPersonalTokensText, create && button(texts.createFirst, openCreate, { class: 'btn btn-primary' })),
    );
    pages.update(
      { shown: tokens.length, offset, limit: LIMIT, total, isLowerBound: false, hasNext: offset + tokens.length < total },
      (at) => url.address({ offset: at > 0 ? String(at) : '' }),
    );
  }

  function row(token) {
    const nameId = `p-${token.id}`;
    return el(
      'tr',
      { role: 'row', 'data-id': token.id },
      el(
        'th',
        { role: 'rowheader', scope: 'row' },
        el('div', { class: 'name' }, el('span', { class: 'clip', id: nameId, title: token.name }, token.name)),
        el('code', { class: 'sub' }, token.prefix),
      ),
      el('td', { role: 'cell', 'data-label': texts.scopes }, scopes(token)),
      el('td', { role: 'cell', class: 'at-status' }, chip(token.status), token.revokedAt && el('span', { class: 'sub' }, time(token.revokedAt, relative)), whatNext(token, nameId)),
      el('td', { role: 'cell', 'data-label': texts.expires }, el('div', null, time(token.expiresAt), token.status !== 'revoked' && el('span', { class: 'sub' }, relative(token.expiresAt)))),
      el('td', { role: 'cell', 'data-label': texts.lastUsed }, el('div', null, token.lastUsedAt ? time(token.lastUsedAt, relative) : el('span', { class: 'quiet' }, texts.never))),
      el('td', { role: 'cell', 'data-label': texts.created }, el('div', null, time(token.createdAt))),
      el(
        'td',
        { role: 'cell', class: 'mid' },
        el(
          'div',
          { class: 'acts' },
          button(texts.auditOne, () => openAudit(token), { class: 'btn btn-small', 'aria-describedby': nameId }),
          mayRotate(token) && button(texts.rotate, () => rotate(token), { class: 'btn btn-small', 'aria-describedby': nameId }),
          token.status !== 'revoked' &&
            session.mayOwn('revoke') &&
            button(texts.revoke, () => revoke(token), { class: 'btn btn-small btn-danger', 'aria-describedby': nameId }),
        ),
      ),
    );
  }

  function mayRotate(token) {
    return ['active', 'expiring'].includes(token.status) && session.mayOwn('write');
  }

  /** The button "Rotate" is among the actions, so the status leads only to the secrets. */
  function whatNext(token, nameId) {
    return nextStep(token, nameId, {
      toSecrets: (text, attributes) =>
        session.mayOwn('revoke')
          ? button(text, () => openEndOld(personalSubject(token), { onEnded: load, focusAfter: () => firstAction(token) }), attributes)
          : el('span', { class: 'sub' }, text),
      onRotate: null,
    });
  }

  function rotate(token) {
    openRotate(personalSubject(token), { onRotated: load, focusAfter: () => firstAction(token) });
  }

  function firstAction(token) {
    return body.querySelector(`[data-id="${CSS.escape(token.id)}"] .acts .btn`) ?? heading;
  }

  function revoke(token) {
    openRevokeOwn(token, {
      about: [
        el(
          'dl',
          { class: 'pairs' },
          el('dt', null, texts.name),
          el('dd', null, el('strong', { class: 'any' }, token.name)),
          el('dt', null, texts.prefix),
          el('dd', null, el('code', null, token.prefix)),
          el('dt', null, texts.lastUsed),
          el('dd', null, token.lastUsedAt ? time(token.lastUsedAt, relative) : texts.never),
        ),
      ],
      onRevoked: load,
      focusAfter: () => firstAction(token),
    });
  }

  function openCreate() {
    openCreateOwn({ onCreated: load, focusAfter: () => create || heading });
  }
}

function notMade(text, kind = 'note note-bad') {
  return el(
    'div',
    { class: kind, role: 'alert' },
    el('strong', null, texts.notMade),
    el('p', null, text),
  );
}

/** Warns about a token whose secret may have been in a lost response. */
function maybeMade(failure) {
  return el(
    'div',
    { class: 'note note-bad', role: 'alert' },
    el('strong', null, reason(failure)),
    el('p', null, texts.maybeMinted),
  );
}

function scopes(token) {
  const given = token.scopes ?? [];
  return given.length === 0
    ? el('div', null, el('span', { class: 'quiet' }, texts.readsAsI))
    : el('div', { class: 'ids' }, given.map((scope) => el('code', { class: 'clip', title: scope }, scope)));
}

async function openAudit(token) {
  const whole = (content) =>
    el('tr', { role: 'row' }, el('td', { role: 'cell', colspan: 4, class: 'quiet' }, content));
  const body = el('tbody', { role: 'rowgroup' }, whole(texts.loading));
  const dialog = openDialog({
    title: texts.auditOf(token.name),
    body: [
      el(
        'div',
        // The focus makes the dialog scrollable by keyboard: nothing else in it takes the focus.
        { class: 'panel', tabindex: 0, role: 'region', 'aria-label': texts.auditTrail },
        el(
          'table',
          { class: 'table cards', role: 'table' },
          el('caption', { class: 'sr' }, texts.auditCaption),
          el(
            'thead',
            { role: 'rowgroup' },
            el(
              'tr',
              { role: 'row' },
              [texts.when, texts.event, texts.by, texts.detailsColumn].map((it) =>
                el('th', { role: 'columnheader', scope: 'col' }, it),
              ),
            ),
          ),
          body,
        ),
      ),
    ],
    foot: [button(texts.done, () => dialog.close())],
  });
  dialog.element.querySelector('.foot .btn').focus();
  try {
    const answer = await read(`personal/${encodeURIComponent(token.id)}/audit`, { limit: EVENTS });
    fill(
      body,
      answer.events.map((event) => {
        const cells = eventCells(event);
        const name = el('th', { role: 'rowheader', scope: 'row' }, eventName(event));
        return el('tr', { role: 'row' }, cells.when, name, cells.by, cells.details);
      }),
    );
  } catch (e) {
    fill(body, whole(failureNote(texts.eventsFailed, e, '', null)));
  }
}

function howToUse() {
  const way = (heading, text, command) =>
    el(
      'div',
      { class: 'stack-tight' },
      el('h3', null, heading),
      el('p', { class: 'quiet' }, text),
      el('pre', { class: 'code', tabindex: 0, role: 'group', 'aria-label': heading }, el('code', null, command)),
    );
  return el(
    'section',
    { class: 'panel', 'aria-labelledby': 'how-heading' },
    el('div', { class: 'bar' }, el('h2', { id: 'how-heading' }, texts.twoWays)),
    el(
      'div',
      { class: 'panel-body pair' },
      way(texts.directly, texts.directlyText, whoAmICommand().text),
      way(texts.exchange, texts.exchangeText, exchangeCommand().text),
    ),
  );
}
