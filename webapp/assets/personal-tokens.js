/** The page of the user's own personal tokens. */

import { takeArrival } from './arrival.js';
import { Failure, latestLoad, page, read, write } from './api.js';
import { copyButton } from './copyable.js';
import { announce, button, el, fill, icon, note, panel, refill, rowAction } from './dom.js';
import { number, timeOfDay } from './format.js';
import { main, start } from './frame.js';
import { urlState } from './location.js';
import { exchangeCommand, whoAmICommand } from './once.js';
import { openCreateOwn, showMinted } from './own-token.js';
import { offsetPager } from './paging.js';
import { bones, personalRow, personalTable } from './personal-row.js';
import { openRevokePersonal } from './revoke.js';
import { openRotate, personalSubject } from './rotate.js';
import { userPermission } from './session.js';
import { failureNote, reason, state } from './states.js';
import { isLive } from './status.js';
import { texts } from './texts.js';

const LIMIT = 50;

start({
  tab: 'personal',
  name: texts.personalTokens,
  denied: texts.noPermissionForPersonal(userPermission('read')),
  may: (session) => session.mayOwn('read'),
  show,
});

/** @param {import('./session.js').Session} session */
async function show(session) {
  const url = urlState(['offset'], () => load());
  const body = el('tbody', { role: 'rowgroup' });
  const empty = el('div');
  const trouble = el('div');
  const arrived = el('div');
  const create = session.mayOwn('write')
    ? button([icon('plus'), texts.createToken], openCreate, { class: 'btn btn-primary' })
    : null;
  const heading = el('h1', { tabindex: '-1' }, texts.personalTokens);
  const table = personalTable(texts.personalCaption, body);
  const pages = offsetPager(texts.pages, texts.rangeOfTokens, { url, name: 'offset', limit: LIMIT, load });
  const listing = el('section', { class: 'panel', 'aria-label': texts.yourTokens }, table, empty, pages.element);
  const beginLoad = latestLoad();
  let shown = null;

  main().classList.add('wrap-text');
  fill(
    main(),
    el(
      'div',
      { class: 'head' },
      el('div', { class: 'stack-tight' }, heading, el('p', { class: 'quiet' }, texts.personalIntroduction)),
      create,
    ),
    arrived,
    trouble,
    listing,
  );
  fill(body, bones());
  pages.element.hidden = true;
  const brought = takeArrival();
  if (brought?.error) {
    // A denial by the user is not an error.
    const tone = brought.error === 'access_denied' ? undefined : 'bad';
    fill(arrived, notMade(texts.mintErrors[brought.error] ?? texts.mintErrors.invalid_request, tone));
  }
  if (brought?.code) {
    await pickUp(brought.code);
  }
  await load();
  // The number of rows is known only now. Earlier, this panel would move down.
  main().append(howToUse(session));

  /**
   * Exchanges the code of the consent for the token. Its secret stays on the screen until the
   * dialog is closed.
   */
  async function pickUp(code) {
    try {
      const answer = await write('POST', 'personal/mint/pickup', { code });
      showMinted(answer, session, () => create || heading);
    } catch (e) {
      if (!(e instanceof Failure)) {
        throw e;
      }
      fill(arrived, e.isUncertain ? maybeMade(e) : notMade(e.status === 404 ? texts.mintErrors.expired : reason(e), 'bad'));
    }
  }

  async function load() {
    const signal = beginLoad();
    const offset = pages.offset();
    listing.setAttribute('aria-busy', 'true');
    try {
      shown = { ...(await read('personal', { limit: LIMIT, offset }, signal)), at: Date.now() };
      trouble.replaceChildren();
      render(offset);
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      fill(trouble, failureNote(texts.listFailed, e, shown ? texts.listAsOf(timeOfDay(shown.at)) : '', load));
      table.hidden = !shown;
    }
    if (!signal.aborted) {
      listing.removeAttribute('aria-busy');
    }
  }

  function render(offset) {
    const { tokens, total } = shown;
    const isEmpty = tokens.length === 0;
    refill(body, () => heading, ...tokens.map(row));
    announce(`${number(total)} ${texts.tokens(total)}`, 'count');
    table.hidden = isEmpty;
    pages.element.hidden = total <= LIMIT;
    if (create) {
      create.hidden = isEmpty; // the empty list has a button of its own
    }
    fill(
      empty,
      isEmpty &&
        state(
          'h2',
          texts.noPersonalTokens,
          texts.noPersonalTokensText,
          ...(create ? [button(texts.createFirst, openCreate, { class: 'btn btn-primary' })] : []),
        ),
    );
    pages.update(tokens.length, offset, total);
  }

  function row(token) {
    const after = { focusAfter: () => rowAction(body, token.id) ?? heading };
    const mayRotate = isLive(token) && session.mayOwn('write');
    const mayRevoke = token.status !== 'revoked' && session.mayOwn('revoke');
    return personalRow(token, {
      href: page(`settings/personal-tokens/${encodeURIComponent(token.id)}`),
      onRotate: mayRotate ? () => openRotate(personalSubject(token, session), { onRotated: load, ...after }) : undefined,
      onRevoke: mayRevoke ? () => openRevokePersonal(token, { onRevoked: load, ...after }) : undefined,
    });
  }

  function openCreate() {
    openCreateOwn(session, { onCreated: load, focusAfter: () => (create && !create.hidden ? create : heading) });
  }
}

/**
 * @param {string} text
 * @param {'bad'} [tone]
 */
function notMade(text, tone) {
  return note({ tone, sign: 'info', role: 'alert' }, texts.notMade, el('p', null, text));
}

/** Warns about a token whose secret may have been in a lost response. */
function maybeMade(failure) {
  return note({ tone: 'bad', sign: 'alert', role: 'alert' }, reason(failure), el('p', null, texts.maybeMinted));
}

function howToUse(session) {
  const way = (heading, text, command) => {
    const code = el('code', null, command);
    return el(
      'div',
      { class: 'stack-tight' },
      el('h3', null, heading),
      el('p', { class: 'quiet body13' }, text),
      el(
        'div',
        { class: 'code' },
        el('pre', { tabindex: 0, role: 'group', 'aria-label': heading }, code),
        copyButton(command, texts.commandOf(heading), code),
      ),
    );
  };
  return panel(
    'how-heading',
    texts.twoWays,
    null,
    el(
      'div',
      { class: 'panel-body halves' },
      way(texts.directly, texts.directlyText, whoAmICommand().text),
      session.exchangesTokens && way(texts.exchange, texts.exchangeText, exchangeCommand().text),
    ),
  );
}
