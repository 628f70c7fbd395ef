/** The account page: where the user is signed in, their permissions, and recent messages. */

import { Failure, read, write } from './api.js';
import { announce, button, el, fill, icon, panel, spoken } from './dom.js';
import { minute, relative, shortRef, time, timeOfDay } from './format.js';
import { main, start } from './frame.js';
import { ACTIONS, servicePermission, signOut, userPermission } from './session.js';
import { failureNote } from './states.js';
import { texts } from './texts.js';
import { themeChoice } from './theme.js';
import { itemList, messageIcon, onMessage, recentMessages, toast } from './toasts.js';

/** Number of sessions that are shown at first. */
const FEW = 6;
/** A longer list of groups scrolls. */
const MANY = 20;

start({ tab: 'sessions', name: texts.sessions, may: () => true, show });

/** @param {import('./session.js').Session} session */
async function show(session) {
  const heading = el('h2', { tabindex: '-1', id: 'sessions' }, texts.sessions);
  const list = el('ul', { class: 'rows' });
  const others = button(texts.signOutElsewhere, endOthers, { class: 'btn btn-small btn-danger' });
  const trouble = el('div');
  const updated = el('p', { class: 'quiet small' }, texts.loading);
  let shown = null;
  let showsAll = false;
  let sending = false;

  main().classList.add('wrap-text');
  fill(
    main(),
    el(
      'div',
      { class: 'head' },
      el(
        'div',
        { class: 'person' },
        el('span', { class: 'avatar avatar-large avatar-me', 'aria-hidden': 'true' }, session.displayName.slice(0, 1)),
        el(
          'div',
          null,
          el('h1', { class: 'any' }, session.displayName === session.subject ? shortRef(session.subject) : session.displayName),
          el('code', { class: 'quiet any' }, session.subject),
        ),
      ),
      button(texts.signOut, () => signOut(false).catch((e) => fail(texts.signOutFailed, e, null))),
    ),
    trouble,
  );
  others.hidden = true;
  await load();
  // The parts below the list would move if they were shown before it.
  main().append(
    el(
      'div',
      { class: 'split' },
      el(
        'div',
        { class: 'stack' },
        el(
          'section',
          { class: 'panel', 'aria-labelledby': 'sessions' },
          el('div', { class: 'bar' }, el('div', null, heading, updated), others),
          list,
        ),
        messages(),
      ),
      el('div', { class: 'stack' }, permissions(session), appearance(session)),
    ),
  );
  if (location.hash === '#messages') {
    document.getElementById('messages').scrollIntoView({ block: 'center' });
    document.getElementById('messages').focus();
  }

  async function load() {
    try {
      shown = { ...(await read('sessions')), at: Date.now() };
      trouble.replaceChildren();
      render();
    } catch (e) {
      fail(texts.sessionsFailed, e, load);
    }
  }

  function render() {
    fill(updated, texts.sessionsAt(shown.sessions.length, timeOfDay(shown.at)));
    others.hidden = !shown.sessions.some((it) => !it.current);
    // The current session comes first, the others in the order of the response.
    const all = [...shown.sessions].sort((a, b) => b.current - a.current);
    const isLong = !showsAll && all.length > FEW + 1;
    fill(
      list,
      (isLong ? all.slice(0, FEW) : all).map(row),
      isLong && el('li', null, button(texts.allSessions(all.length), showAll, { class: 'btn btn-small' })),
    );
  }

  function showAll() {
    showsAll = true;
    render();
    /** @type {HTMLElement|undefined} */ (list.querySelectorAll('.btn')[FEW - 1])?.focus();
  }

  function row(one) {
    const name = one.client ?? texts.unknownClient;
    const sinceId = `since-${one.id}`;
    return el(
      'li',
      { class: 'row-fixed', 'data-id': one.id },
      el(
        'div',
        { class: 'person' },
        el('span', { class: one.current ? 'badge badge-accent' : 'badge' }, icon('screen')),
        el(
          'div',
          { class: 'stack-tight' },
          el('div', { class: 'row' }, el('strong', { class: 'any' }, name), one.current && el('span', { class: 'status is-new' }, texts.thisBrowser)),
          el('span', { class: 'quiet small', id: sinceId }, place(one.address), texts.signedInSince, time(one.createdAt, minute), ...activity(one)),
          signedInAgain(one),
        ),
      ),
      !one.current &&
        button([texts.signOut, spoken(` ${name}`)], () => endOne(one, name), { class: 'btn btn-small', 'aria-describedby': sinceId }),
    );
  }

  /** Shows when and where another session was used last. */
  function activity(one) {
    const elsewhere = one.lastSeenAddress !== one.address && one.lastSeenAddress;
    return one.current
      ? []
      : [texts.lastActive, time(one.lastSeenAt, relative), elsewhere && [` ${texts.from} `, el('code', { class: 'any' }, elsewhere)]];
  }

  function place(address) {
    return address && [el('code', { class: 'any' }, address), ' '];
  }

  /** Shows the time of the latest sign-in if it is later than the start of the session. */
  function signedInAgain(one) {
    return (
      one.signedInAt > one.createdAt &&
      el('span', { class: 'quiet small' }, texts.provedAgain, time(one.signedInAt, relative))
    );
  }

  function endOne(one, name) {
    return end(`sessions/${encodeURIComponent(one.id)}`, texts.signedOutThere(name));
  }

  function endOthers() {
    return end('sessions', texts.signedOutElsewhere);
  }

  async function end(path, done) {
    if (sending) {
      return;
    }
    sending = true;
    try {
      await write('DELETE', path);
      toast({ kind: 'good', title: done });
      await load();
      heading.focus();
    } catch (e) {
      if (e.status === 404) { // it has ended already
        announce(done);
        await load();
        heading.focus();
      } else {
        fail(texts.signOutFailed, e, null);
      }
    } finally {
      sending = false;
    }
  }

  function fail(what, failure, again) {
    if (!(failure instanceof Failure)) {
      throw failure;
    }
    fill(trouble, failureNote(what, failure, '', again));
  }
}

/** Creates the panel of the recent messages of this tab. */
function messages() {
  const list = el('ul', { class: 'rows rows-tight body13' });
  const none = el('p', { class: 'panel-body quiet body13' }, texts.noMessages);
  const element = el(
    'section',
    { class: 'panel', 'aria-labelledby': 'messages' },
    el('div', { class: 'bar' }, el('h2', { id: 'messages', tabindex: '-1' }, texts.recentMessages), el('span', { class: 'quiet small' }, texts.ofThisTab)),
  );
  const render = () => {
    const all = recentMessages();
    element.append(all.length > 0 ? list : none);
    (all.length > 0 ? none : list).remove();
    fill(list, all.map(message));
  };
  render();
  onMessage(render);
  return element;
}

function message(one) {
  return el(
    'li',
    { class: 'message' },
    messageIcon(one.kind),
    el('div', { class: 'stack-tight' }, el('span', { class: 'any' }, one.title), one.text && el('span', { class: 'quiet any' }, one.text), itemList(one.items)),
    time(new Date(one.at).toISOString(), timeOfDay, { class: 'quiet' }),
  );
}

/**
 * Creates the panel of the user's permissions.
 *
 * @param {import('./session.js').Session} session
 */
function permissions(session) {
  const service = ACTIONS.filter((action) => session.may(action)).map((action) => [
    servicePermission(action),
    session.isLimited(action) ? texts.onOwnGroups[action] : texts.onAllGroups[action],
  ]);
  const own = ACTIONS.filter((action) => session.mayOwn(action)).map((action) => [userPermission(action), texts.onPersonal[action]]);
  const known = new Map(/** @type {[string, string][]} */ ([...service, ...own, ...Object.entries(texts.otherPermissions)]));
  const order = [...known.keys()];
  const all = [...session.permissions].sort((a, b) => (order.indexOf(a) + 1 || 99) - (order.indexOf(b) + 1 || 99));
  const groups = session.groups.map((group) => shortRef(group.groupEntityRef ?? group));
  return panel(
    'permissions',
    texts.yourPermissions,
    null,
    all.length > 0
      ? el(
          'ul',
          { class: 'rows rows-tight body13' },
          all.map((permission) =>
            el('li', { class: 'stack-tight' }, known.has(permission) && el('span', null, known.get(permission)), el('code', { class: 'quiet any' }, permission)),
          ),
        )
      : el('p', { class: 'panel-body quiet body13' }, texts.noPermissionsText),
    groups.length > 0 && groupsOf(groups),
  );
}

/** Names the groups of the user; many of them scroll. @param {string[]} groups */
function groupsOf(groups) {
  const isLong = groups.length > MANY;
  return el(
    'div',
    { class: isLong ? 'panel-body body13 any rows-scroll' : 'panel-body body13 any', ...(isLong && { tabindex: 0, role: 'region', 'aria-labelledby': 'groups' }) },
    el('span', { class: 'quiet', id: 'groups' }, texts.yourGroups),
    groups.join(', '),
  );
}

/**
 * Creates the panel of the theme and the version.
 *
 * @param {import('./session.js').Session} session
 */
function appearance(session) {
  return panel(
    'appearance',
    texts.appearance,
    null,
    el(
      'div',
      { class: 'panel-body stack' },
      themeChoice(),
      session.version && el('p', { class: 'quiet small' }, texts.versionOf(session.version)),
    ),
  );
}
