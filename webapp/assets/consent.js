/** The consent page: it shows who requests a personal token, and with which scopes. */

import { Failure, page, read } from './api.js';
import { announce, button, el, fill, linkButton } from './dom.js';
import { longDay, relative, time } from './format.js';
import { main, reason, title } from './frame.js';
import { writeFreshly } from './fresh.js';
import { requiredSession } from './session.js';
import { texts } from './texts.js';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Time without a response after which the page reports a delay, in milliseconds. */
const SLOW = 3000;
const TOKENS = 'settings/personal-tokens';

title(texts.consent);
show();

async function show() {
  const query = new URLSearchParams(location.search);
  const flow = query.get('flow') ?? '';
  if (!ID.test(flow)) {
    over(query.get('error') === 'expired' ? 'expired' : 'invalid_request');
    return;
  }
  try {
    const session = await requiredSession();
    const [asked, known] = await Promise.all([read(pathOf(flow)), descriptions()]);
    render(session, asked, known);
  } catch (e) {
    if (!(e instanceof Failure)) {
      throw e;
    }
    if (e.status === 404 || e.status === 403) {
      over(e.status === 404 ? 'expired' : 'forbidden');
    } else {
      fill(main(), headline(), note(e, linkButton(texts.tryAgain, location.href)));
    }
  }
}

/** Returns the path of a flow, which is outside the part of the API that the other pages call. */
function pathOf(flow) {
  return `../auth/v1/consent/${flow}`;
}

/** Reads the descriptions of scopes by their ids; if that fails, the page shows the ids. */
async function descriptions() {
  try {
    return new Map((await read('personal/scopes')).scopes.map((it) => [it.id, it.description]));
  } catch (e) {
    if (e instanceof Failure) {
      return new Map();
    }
    throw e;
  }
}

function headline() {
  return el(
    'div',
    { class: 'stack-tight' },
    el('p', { class: 'quiet' }, texts.product),
    el('h1', { tabindex: '-1' }, texts.consent),
  );
}

function note(failure, ...next) {
  return el(
    'div',
    { class: 'note note-bad', role: 'alert' },
    el('strong', null, texts.pageFailed),
    el('p', null, reason(failure)),
    next,
  );
}

function over(error) {
  const [heading, text] = texts.consentOver[error];
  fill(
    main(),
    el('div', { class: 'stack-tight' }, el('p', { class: 'quiet' }, texts.product), el('h1', { tabindex: '-1' }, heading)),
    el('p', null, text),
    el('p', null, linkButton(texts.personalTokens, page(TOKENS))),
  );
  document.querySelector('h1').focus();
  announce(heading);
}

function render(session, asked, known) {
  const trouble = el('div');
  const deny = button(texts.deny, () => decide('deny'), { class: 'btn' });
  const allow = button(texts.allow, () => decide('allow'), { class: 'btn btn-primary' });
  let deciding = false;

  fill(
    main(),
    headline(),
    el(
      'div',
      { class: 'panel' },
      el(
        'div',
        { class: 'panel-body stack' },
        el('p', null, el('strong', null, asked.clientName), texts.asksForToken),
        el(
          'dl',
          { class: 'pairs' },
          pair(texts.actsAs, el('strong', { class: 'any' }, session.displayName), el('code', { class: 'sub' }, asked.userEntityRef)),
          pair(texts.name, asked.name),
          pair(texts.may, asked.scopes.length === 0 ? texts.mayOnlyRead : scopes(asked.scopes, known)),
          pair(texts.expires, time(asked.expiresAt, longDay), el('span', { class: 'sub' }, relative(asked.expiresAt))),
        ),
        trouble,
        el('div', { class: 'row fill' }, deny, allow),
      ),
    ),
    el('p', { class: 'quiet small' }, texts.consentRevocable),
  );
  // The button has no focus at first: a key press meant for the previous page must not consent.
  document.querySelector('h1').focus();

  async function decide(decision) {
    if (deciding) {
      return;
    }
    deciding = true;
    for (const it of [allow, deny]) {
      it.setAttribute('aria-disabled', 'true');
    }
    trouble.replaceChildren();
    const slow = setTimeout(() => fill(trouble, el('p', { class: 'quiet', role: 'status' }, texts.noAnswerYet)), SLOW);
    try {
      const { continueAt } = await writeFreshly('POST', pathOf(asked.flowId), { decision });
      location.replace(continueAt);
      return; // the browser is leaving the page
    } catch (e) {
      if (!(e instanceof Failure)) {
        throw e;
      }
      if (e.status === 404) {
        over('expired');
        return;
      }
      const signIn = e.status === 401 && el('p', null, linkButton(texts.signIn, location.href));
      fill(trouble, note(e, e.isUncertain && el('p', null, texts.consentUnanswered[decision]), signIn));
    } finally {
      clearTimeout(slow);
    }
    deciding = false;
    for (const it of [allow, deny]) {
      it.removeAttribute('aria-disabled');
    }
  }
}

function pair(name, ...values) {
  return [el('dt', null, name), el('dd', null, values)];
}

function scopes(ids, known) {
  return el(
    'ul',
    { class: 'stack-tight' },
    ids.map((id) => el('li', null, el('code', { class: 'any' }, id), known.has(id) && el('span', { class: 'sub' }, known.get(id)))),
  );
}
