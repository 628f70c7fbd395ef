/** The parts that all pages share: the header with the navigation, and errors. */

import { onSessionChange, page, signInAddress } from './api.js';
import { announce, button, el, fill, linkButton, spoken } from './dom.js';
import { shortRef } from './format.js';
import { ACTIONS, requiredSession, servicePermission, signOut, userPermission } from './session.js';
import { texts } from './texts.js';

const UNAUTHORIZED = 401;
const TABS = [
  { id: 'overview', path: 'admin/access-tokens/overview', action: 'read' },
  { id: 'list', path: 'admin/access-tokens', action: 'read' },
  { id: 'audit', path: 'admin/access-tokens/audit', action: 'read' },
  { id: 'personal', path: 'settings/personal-tokens', own: 'read' },
];

/** Returns the element for the content of the page. */
export function main() {
  return document.getElementById('main');
}

/** Sets the name of the page in the window's title. */
export function title(name) {
  document.title = texts.pageTitle(name);
}

/**
 * Starts a page for the signed-in user.
 *
 * @param {{tab: string, name: string, may: function(Session): boolean, show: function(Session)}}
 *     what the page's tab and name, a function that returns true if the user may use the page, and
 *     one that shows it
 */
export async function start(what) {
  title(what.name);
  document.querySelector('.skip').textContent = texts.skip;
  try {
    const session = await requiredSession();
    onSessionChange(showSessionEnd);
    header(session, what.tab);
    if (what.may(session)) {
      await what.show(session);
    } else {
      refuse(session);
    }
  } catch (e) {
    failed(e);
  }
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) {
      location.reload(); // another user may be signed in now
    }
  });
}

/** Shows that the session ended, and keeps the content of the page. */
function showSessionEnd(ended) {
  document.getElementById('session-end')?.remove();
  if (ended) {
    main().prepend(
      el(
        'div',
        { class: 'note', id: 'session-end', role: 'alert' },
        el(
          'div',
          { class: 'row spread' },
          el('div', { class: 'stack-tight' }, el('strong', null, texts.signedOut), el('p', null, texts.signedOutText)),
          linkButton(texts.signIn, signInAddress()),
        ),
      ),
    );
  }
}

function header(session, current) {
  const tabs = TABS.filter((tab) => (tab.own ? session.mayOwn(tab.own) : session.may(tab.action)));
  fill(
    document.querySelector('.top > .wrap'),
    el('a', { class: 'brand', href: page('') }, texts.product),
    el(
      'nav',
      { 'aria-label': texts.mainNavigation },
      el(
        'ul',
        { class: 'tabs' },
        tabs.map((tab) =>
          el(
            'li',
            null,
            el(
              'a',
              { href: page(tab.path), 'aria-current': tab.id === current ? 'page' : null },
              texts.tabs[tab.id],
              tab.id === 'personal' && el('span', { class: tabs.length > 1 ? 'more' : null }, texts.tabMore),
            ),
          ),
        ),
      ),
    ),
    account(session),
  );
}

function account(session) {
  const service = ACTIONS.filter((action) => session.may(action));
  const own = ACTIONS.filter((action) => session.mayOwn(action));
  const menu = el(
    'details',
    { class: 'account' },
    el(
      'summary',
      null,
      spoken(texts.signedInAs),
      ' ',
      el('span', { class: 'clip' }, session.displayName === session.subject ? shortRef(session.subject) : session.displayName),
      el('span', { class: 'may quiet small' }, summary(session, service, own)),
    ),
    el(
      'div',
      { class: 'stack' },
      el(
        'div',
        { class: 'stack-tight' },
        el('strong', { class: 'any' }, session.displayName),
        el('code', { class: 'quiet any' }, session.subject),
      ),
      rights(service.filter((action) => !session.isLimited(action)), texts.rightsOnAll, servicePermission),
      rights(service.filter((action) => session.isLimited(action)), texts.rightsOnOwnGroups, servicePermission),
      rights(own, texts.rightsOnPersonal, userPermission),
      el('a', { href: page('admin/access-tokens/sessions') }, texts.sessions),
      el(
        'div',
        { class: 'row' },
        button(texts.signOut, () => leave(false)),
        button(texts.signOutEverywhere, () => leave(true)),
      ),
    ),
  );
  closeWithoutChoice(menu);
  return menu;
}

function summary(session, service, own) {
  if (service.length === 0) {
    return own.length === 0 ? texts.mayNothing : texts.mayOwnTokens;
  }
  const words = service.map((action) => texts.actions[action]).join(', ');
  return service.some((action) => !session.isLimited(action))
    ? texts.mayOnAllGroups(words)
    : texts.mayOnOwnGroups(words);
}

function rights(actions, heading, permission) {
  return (
    actions.length > 0 &&
    el(
      'div',
      { class: 'stack-tight' },
      el('h2', { class: 'quiet small' }, heading),
      el(
        'ul',
        { class: 'stack-tight' },
        actions.map((action) =>
          el(
            'li',
            { class: 'row spread' },
            el('span', null, texts.actionNames[action]),
            el('code', { class: 'quiet' }, permission(action)),
          ),
        ),
      ),
    )
  );
}

async function leave(everywhere) {
  try {
    await signOut(everywhere);
  } catch (e) {
    failed(e);
  }
}

/** Closes a menu on Escape and on a click elsewhere. */
function closeWithoutChoice(menu) {
  menu.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && menu.open) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
  document.addEventListener('click', (event) => {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  });
}

/** Replaces the page's content by a state: a heading, a sentence and the next steps. */
export function state(level, heading, text, ...next) {
  return el(
    'div',
    { class: 'state' },
    el(level, null, heading),
    el('p', null, text),
    next.length > 0 && el('div', { class: 'row' }, next),
  );
}

function refuse(session) {
  const next = session.mayOwn('read')
    ? [linkButton(texts.personalTokens, page('settings/personal-tokens'))]
    : [];
  fill(
    main(),
    el('section', { class: 'panel' }, state('h1', texts.noPermission, texts.noPermissionText(servicePermission('read')), next)),
  );
}

/**
 * Creates a note about a failure, with a button to try again. Returns null if the session ended,
 * because the page reports that in another note.
 *
 * @param {string} heading says which action failed
 * @param {Error} failure
 * @param {string} kept says what is still on the screen
 * @param {function()} again
 */
export function failureNote(heading, failure, kept, again) {
  if (failure.status === UNAUTHORIZED) {
    return null;
  }
  return el(
    'div',
    { class: 'note note-bad', role: 'alert' },
    el(
      'div',
      { class: 'row spread' },
      el(
        'div',
        { class: 'stack-tight' },
        el('strong', null, heading),
        el('p', null, [reason(failure), kept].filter((it) => it).join(' ')),
      ),
      again && button(texts.tryAgain, again),
    ),
  );
}

/** Describes a failure: the server's message, and when to try again. */
export function reason(failure) {
  if (failure.status === UNAUTHORIZED) {
    return `${texts.signedOut}.`;
  }
  const said = /[.!?]$/.test(failure.message) ? failure.message : `${failure.message}.`;
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  return failure.retryAfter ? `${text} ${texts.retryIn(failure.retryAfter)}` : text;
}

/** Shows a failure that no other part of the page shows. */
function failed(failure) {
  const note = failureNote(texts.pageFailed, failure, '', () => location.reload());
  const before = main().querySelector(':scope > .note-bad');
  if (before) {
    before.replaceWith(note);
  } else {
    main().prepend(note);
  }
  announce(texts.pageFailed);
}
