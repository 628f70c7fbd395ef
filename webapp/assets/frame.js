/** The parts that all pages share: the header with the navigation, and errors. */

import { onReachable, onSessionChange, page, read, signInAddress } from './api.js';
import { announce, button, el, fill, icon, linkButton, MARK, note } from './dom.js';
import { shortRef, timeOfDay } from './format.js';
import { onDemand } from './ondemand.js';
import { ACTIONS, requiredSession, servicePermission, signOut } from './session.js';
import { showShortcuts, startShortcuts } from './shortcuts.js';
import { badge, failureNote, reason, reference, state } from './states.js';
import { texts } from './texts.js';
import { themeChoice, themeSwitch } from './theme.js';
import { keepMessagesFor, recentMessages, toast } from './toasts.js';

/** @typedef {import('./session.js').Session} Session */

const UNAUTHORIZED = 401;
/** The type of the failure if another user has signed in in this browser. */
const OTHER_USER = 'urn:problem-type:access-tokens:other-user';
/** Also read by early.js. */
const TABS_KEY = 'access-tokens.tabs';
/** The name in the header, until the session is known. Kept in this tab of the browser only. */
const NAME_KEY = 'access-tokens.name';
const ACCOUNT = 'admin/access-tokens/sessions';
/** Times between attempts to reach the server, in seconds. */
const RETRY_AFTER = [8, 15, 30, 60];

/** Returns the element for the content of the page. */
export function main() {
  return document.getElementById('main');
}

/** Sets the name of the page in the window's title. */
export function title(name) {
  document.title = texts.pageTitle(name);
}

/**
 * Shows a page that has no header: the mark, a heading, a sentence and the content.
 *
 * @param {string} heading
 * @param {*} text
 * @param {...*} content
 * @returns {HTMLElement} the heading
 */
export function alone(heading, text, ...content) {
  const h1 = el('h1', { tabindex: '-1' }, heading);
  fill(
    main(),
    el(
      'div',
      { class: 'alone-box stack-large' },
      el(
        'div',
        { class: 'stack-tight alone-head' },
        el('img', { src: MARK, alt: '', width: 48, height: 48 }),
        h1,
        text && el('p', { class: 'quiet' }, text),
      ),
      content,
    ),
  );
  return h1;
}

/**
 * Starts a page for the signed-in user.
 *
 * @param {{tab: string, name: string, denied?: string, may: function(Session): boolean, show:
 *     function(Session): *}} what the page's tab and name, the text for a user who may not use the
 *     page, a function that returns true if the user may use it, and one that shows it
 */
export async function start(what) {
  title(what.name);
  document.querySelector('.skip').textContent = texts.skip;
  document.querySelector(`.tabs [data-tab="${what.tab}"] a`)?.setAttribute('aria-current', 'page');
  showName(storedName());
  onReachable(showReachable);
  try {
    const session = await requiredSession();
    onSessionChange(showSessionEnd);
    header(session);
    if (what.may(session)) {
      await what.show(session);
      pressNamedButton();
      // The palette can open an action of the page that is shown already.
      window.addEventListener('hashchange', pressNamedButton);
    } else {
      refuse(session, what.denied);
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
      note(
        {
          tone: 'warn',
          sign: 'user',
          role: 'alert',
          id: 'session-end',
          next: linkButton(texts.signIn, signInAddress(), { class: 'btn btn-small' }),
        },
        texts.signedOut,
        el('p', null, texts.signedOutText),
      ),
    );
  }
}

// ---- The header

/**
 * Completes the header, whose static part is in the page.
 *
 * @param {Session} session
 */
function header(session) {
  const tabs = [
    ...['overview', 'list', 'audit'].filter(() => session.may('read')),
    session.mayOwn('read') && 'personal',
    session.mayOwn('admin') && 'people',
  ].filter((tab) => tab);
  document.documentElement.dataset.tabs = tabs.join(' ');
  keepForNextPage(tabs.join(' '), shownName(session));
  keepMessagesFor(session.subject);
  showName(shownName(session));
  /** @type {HTMLAnchorElement} */ (document.querySelector('.brand')).href = session.firstPage();
  const mayCreate = session.may('write');
  const create = mayCreate ? () => openCreate() : null;
  const palette = onDemand(() => import('./palette.js'), ({ openPalette }) =>
    openPalette(session, { create, showShortcuts: () => showShortcuts(mayCreate), signOut: leave }),
  );
  document.querySelector('.jump').addEventListener('click', palette);
  themeSwitch(document.querySelector('.theme-switch'));
  startShortcuts({ palette, create });
  account(session, () => showShortcuts(mayCreate));
}

/** Opens the dialog that creates a service token: in the list, which may be this page. */
function openCreate() {
  const isInList = document.querySelector('.tabs [data-tab="list"] [aria-current]');
  const here = isInList && headButton(texts.createToken);
  if (here) {
    here.click();
  } else {
    location.assign(`${page('admin/access-tokens')}#create`);
  }
}

/**
 * Presses the button that the address names, such as `#rotate`: the palette links to actions of
 * pages. Each of these buttons only opens a dialog.
 */
function pressNamedButton() {
  const names = { '#create': texts.createToken, '#rotate': texts.rotate, '#revoke': texts.revoke };
  const named = names[location.hash] && headButton(names[location.hash]);
  if (named) {
    history.replaceState(history.state, '', location.pathname + location.search);
    named.click();
  }
}

/**
 * Returns a button beside the heading of the page.
 *
 * @param {string} text
 * @returns {HTMLButtonElement|undefined}
 */
function headButton(text) {
  return [...main().querySelectorAll('button')].find((it) => it.closest('.head') && it.textContent === text);
}

/** @param {Session} session */
function shownName(session) {
  return session.displayName === session.subject ? shortRef(session.subject) : session.displayName;
}

/** @param {string} name */
function showName(name) {
  document.querySelector('.account > .avatar').textContent = name.slice(0, 1);
  document.querySelector('.account > .who').textContent = name;
}

function storedName() {
  try {
    return sessionStorage.getItem(NAME_KEY) ?? '';
  } catch {
    return '';
  }
}

/**
 * Returns true if the previous page in this browser had a tab. Only the session tells whether the user has it now.
 *
 * @param {string} tab
 */
export function hadTab(tab) {
  return (document.documentElement.dataset.tabs ?? '').split(' ').includes(tab);
}

/** Keeps what the header of the next page shows until the session is known. */
function keepForNextPage(tabs, name) {
  try {
    localStorage.setItem(TABS_KEY, tabs);
    sessionStorage.setItem(NAME_KEY, name);
  } catch {
    // Storage is blocked: the next page shows these parts a little later.
  }
}

/**
 * Fills the account menu.
 *
 * @param {Session} session
 * @param {function(): void} shortcuts
 */
function account(session, shortcuts) {
  const menu = /** @type {HTMLDetailsElement} */ (document.querySelector('.account-menu'));
  const count = el('span', { class: 'n' });
  menu.append(
    el(
      'div',
      { class: 'account-panel' },
      el(
        'div',
        { class: 'stack-tight' },
        el('strong', { class: 'any' }, session.displayName),
        el('code', { class: 'quiet any' }, session.subject),
        permissionLines(session).map((line) => el('span', { class: 'quiet small' }, line)),
      ),
      el(
        'ul',
        null,
        el('li', null, el('a', { href: page(ACCOUNT) }, icon('screen'), texts.sessions)),
        el('li', null, el('a', { href: `${page(ACCOUNT)}#messages` }, icon('bell'), texts.recentMessages, count)),
        el(
          'li',
          null,
          button([icon('term'), texts.keyboardShortcuts, el('kbd', null, '?')], () => {
            menu.open = false;
            shortcuts();
          }, { class: null }),
        ),
        el('li', null, el('a', { href: page('admin/access-tokens/api') }, icon('book'), texts.apiReference)),
      ),
      el('div', null, themeChoice()),
      el(
        'div',
        { class: 'row' },
        button([icon('exit'), texts.signOut], () => leave(false), { class: 'btn btn-small' }),
        button(texts.signOutEverywhere, () => leave(true), { class: 'btn btn-small btn-bare' }),
      ),
      session.version && el('p', { class: 'quiet small' }, texts.versionOf(session.version)),
    ),
  );
  menu.addEventListener('toggle', () => {
    const { length } = recentMessages();
    count.textContent = length > 0 ? String(length) : '';
  });
  closeWithoutChoice(menu);
}

/**
 * Returns the permissions in short lines: "Service tokens of all groups: read, create".
 *
 * @param {Session} session
 */
function permissionLines(session) {
  const service = ACTIONS.filter((action) => session.may(action));
  const words = (actions) => actions.map((action) => texts.actions[action]).join(', ');
  const everywhere = service.filter((action) => !session.isLimited(action));
  const inGroups = service.filter((action) => session.isLimited(action));
  const own = ACTIONS.filter((action) => session.mayOwn(action));
  const lines = [
    everywhere.length > 0 && texts.mayOnAllGroups(words(everywhere)),
    inGroups.length > 0 && texts.mayOnOwnGroups(words(inGroups)),
    own.length > 0 && texts.mayOnPersonal(words(own)),
    session.mayOwn('admin') && texts.mayManagePeople,
  ].filter((line) => line);
  return lines.length > 0 ? lines : [texts.mayNothing];
}

/** @param {boolean} everywhere */
async function leave(everywhere) {
  try {
    await signOut(everywhere);
  } catch (e) {
    if (e.status === UNAUTHORIZED) {
      toast({ kind: 'warn', title: texts.signOutFailed, text: texts.signedOutBefore });
    } else if (e.type === OTHER_USER) {
      failed(e);
    } else {
      const next = button(texts.tryAgain, () => leave(everywhere), { class: 'btn btn-small' });
      showAtTop(note({ tone: 'bad', sign: 'alert', role: 'alert', next }, texts.signOutFailed, el('p', null, reason(e)), reference(e)));
    }
  }
}

/**
 * Closes a menu on Escape and on a click or focus elsewhere.
 *
 * @param {HTMLDetailsElement} menu
 */
function closeWithoutChoice(menu) {
  menu.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && menu.open) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
  for (const event of ['click', 'focusin']) {
    document.addEventListener(event, ({ target }) => {
      if (!menu.contains(/** @type {Node} */ (target))) {
        menu.open = false;
      }
    });
  }
}

// ---- An unreachable server

/** @type {{element: Element, stop: function(): void}|null} */
let offline = null;

/**
 * Shows a banner while the server cannot be reached, and tries again by itself.
 *
 * @param {boolean} isReachable
 * @param {number|null} lastResponse the time of the last response, in milliseconds
 */
function showReachable(isReachable, lastResponse) {
  if (isReachable && offline) {
    offline.stop();
    offline.element.remove();
    offline = null;
    announce(texts.reachableAgain);
    document.querySelectorAll('[data-again]').forEach((it) => /** @type {HTMLElement} */ (it).click());
  } else if (!isReachable && !offline) {
    offline = offlineBanner(lastResponse);
    document.querySelector('.top').after(offline.element);
    announce(texts.unreachable);
  }
}

/** @param {number|null} lastResponse */
function offlineBanner(lastResponse) {
  const countdown = el('span');
  let attempt = 0;
  let left = RETRY_AFTER[0];
  const timer = setInterval(() => {
    left -= 1;
    if (left === 0) {
      tryNow();
    }
    show();
  }, 1000);
  const element = el(
    'section',
    { class: 'offline', 'aria-label': texts.connection },
    el(
      'div',
      { class: 'wrap' },
      icon('off'),
      el(
        'p',
        null,
        el('strong', null, texts.unreachable),
        ' ',
        lastResponse && `${texts.pageIsFrom(timeOfDay(lastResponse))} `,
        countdown,
      ),
      button(texts.tryAgain, tryNow, { class: 'btn btn-small push' }),
    ),
  );
  show();

  function show() {
    countdown.textContent = left > 0 ? texts.tryingAgainIn(left) : texts.tryingAgain;
  }

  function tryNow() {
    attempt += 1;
    left = 0;
    show();
    // If it succeeds, the banner is removed: see `onReachable`.
    read('session').catch(() => {
      left = RETRY_AFTER[Math.min(attempt, RETRY_AFTER.length - 1)];
      show();
    });
  }

  return { element, stop: () => clearInterval(timer) };
}

// ---- A page that cannot be shown

/**
 * @param {Session} session
 * @param {string} [text] says what the user needs
 */
function refuse(session, text = texts.noPermissionText(servicePermission('read'))) {
  const next = session.mayOwn('read')
    ? [linkButton(texts.personalTokens, page('settings/personal-tokens'), { class: 'btn btn-primary' })]
    : [];
  const shown = state('h1', texts.noPermission, text, next);
  shown.prepend(badge('shield'));
  fill(main(), el('section', { class: 'panel', 'aria-label': texts.noPermission }, shown));
}

/**
 * Shows a note about a failure above the page, in place of the note before.
 *
 * @param {HTMLElement|null} shown
 */
function showAtTop(shown) {
  main().querySelector(':scope > .note-bad')?.remove();
  if (shown) {
    main().prepend(shown);
  }
}

/** Shows a failure that no other part of the page shows. */
function failed(failure) {
  const again = () => location.reload();
  if (main().querySelector('h1')) {
    showAtTop(failureNote(texts.pageFailed, failure, '', again));
  } else {
    const shown = state(
      'h1',
      texts.pageFailed,
      reason(failure),
      button(texts.tryAgain, again, { class: 'btn btn-primary', 'data-again': failure.status === 0 }),
    );
    shown.prepend(badge('alert', 'bad'));
    shown.append(...[reference(failure)].filter((it) => it));
    fill(main(), el('section', { class: 'panel', role: 'alert' }, shown));
  }
  announce(texts.pageFailed);
}
