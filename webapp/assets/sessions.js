/** The page of the user's sessions, where they can be ended. */

import { Failure, read, write } from './api.js';
import { announce, button, el, fill, spoken } from './dom.js';
import { minute, relative, time, timeOfDay } from './format.js';
import { failureNote, main, start } from './frame.js';
import { texts } from './texts.js';

start({ tab: 'sessions', name: texts.sessions, may: () => true, show });

async function show(session) {
  const heading = el('h1', { tabindex: '-1' }, texts.sessions);
  const list = el('ul', { class: 'rows' });
  const others = button(texts.signOutElsewhere, endOthers, { class: 'btn btn-small btn-danger' });
  const trouble = el('div');
  const updated = el('p', { class: 'quiet small' });
  let shown = null;
  let sending = false;

  fill(
    main(),
    el(
      'div',
      { class: 'stack-tight' },
      heading,
      el('p', { class: 'quiet' }, texts.sessionsIntroduction, el('code', { class: 'any' }, session.subject)),
    ),
    trouble,
    el('section', { class: 'panel', 'aria-label': texts.yourSessions }, el('div', { class: 'bar' }, updated, others), list),
  );
  others.hidden = true;
  fill(updated, texts.loading);
  await load();

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
    fill(list, [...shown.sessions].sort((a, b) => b.current - a.current).map(row));
  }

  function row(one) {
    const name = one.client ?? texts.unknownClient;
    const sinceId = `since-${one.id}`;
    return el(
      'li',
      { 'data-id': one.id },
      el(
        'div',
        { class: 'stack-tight' },
        el('div', { class: 'row' }, el('strong', null, name), one.current && el('span', { class: 'chip chip-active' }, texts.thisBrowser)),
        el('span', { class: 'quiet small', id: sinceId }, texts.signedInSince, time(one.createdAt, minute), from(one.address)),
        !one.current &&
          el('span', { class: 'quiet small' }, texts.lastActive, time(one.lastSeenAt, relative), one.lastSeenAddress !== one.address && from(one.lastSeenAddress)),
        signedInAgain(one),
      ),
      !one.current && button([texts.signOut, spoken(` ${name}`)], () => endOne(one, name), { class: 'btn btn-small', 'aria-describedby': sinceId }),
    );
  }

  function from(address) {
    return address && [` ${texts.from} `, el('code', { class: 'any' }, address)];
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
      announce(done);
      await load();
      heading.focus();
    } catch (e) {
      if (e.status === 404) { // it has ended already
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
