/** The consent page: it shows which application requests a personal token, and with which scopes. */

import { Failure, page, read } from './api.js';
import { announce, button, el, fill, linkButton, note } from './dom.js';
import { longDay, relative, time } from './format.js';
import { alone, title } from './frame.js';
import { writeFreshly } from './fresh.js';
import { requiredSession } from './session.js';
import { reason } from './states.js';
import { texts } from './texts.js';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Time without a response after which the page reports a delay, in milliseconds. */
const SLOW = 3000;
const TOKENS = 'settings/personal-tokens';
const SCHEME = /^[a-z]+:\/\//;
/** Number of scopes above which their list has its own scroll bar, so that the buttons stay visible. */
const FEW = 20;

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
      alone(texts.consent, null, failed(e, linkButton(texts.tryAgain, location.href, { class: 'btn btn-small' })));
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

function failed(failure, ...next) {
  return note({ tone: 'bad', sign: 'alert', role: 'alert' }, texts.pageFailed, el('p', null, reason(failure)), next);
}

function over(error) {
  const [heading, text] = texts.consentOver[error];
  const link = linkButton(texts.personalTokens, page(TOKENS), { class: 'btn btn-large' });
  alone(heading, text, el('div', { class: 'panel' }, el('div', { class: 'panel-body' }, link))).focus();
  announce(heading);
}

/**
 * Describes the application that asks. The name comes from the settings of this service, and never
 * from the request. An origin is ASCII, so a host of another script is shown in the form xn--….
 *
 * @param {{origin: (string|undefined), applicationName: (string|undefined), inSession: boolean}} asked
 * @returns {{name: string, origin: (string|null), remark: (string|null), isUnknown: boolean, warning: (string|null)}}
 */
function applicationOf(asked) {
  const warning = asked.inSession ? null : texts.begunElsewhere;
  if (!asked.origin) {
    return { name: texts.unnamedApplication, origin: null, remark: texts.noOrigin, isUnknown: false, warning: warning ?? texts.begunByScript };
  }
  if (asked.applicationName) {
    return { name: asked.applicationName, origin: asked.origin, remark: null, isUnknown: false, warning };
  }
  const isOwn = asked.origin === location.origin;
  return {
    name: asked.origin.replace(SCHEME, ''),
    origin: asked.origin,
    remark: isOwn && asked.inSession ? texts.ownOrigin : null,
    isUnknown: !isOwn,
    warning: isOwn ? warning : texts.begunByUnknown,
  };
}

function render(session, asked, known) {
  const trouble = el('div');
  const deny = button(texts.deny, () => decide('deny'), { class: 'btn btn-large' });
  const allow = button(texts.allow, () => decide('allow'), { class: 'btn btn-primary btn-large' });
  let deciding = false;

  const application = applicationOf(asked);
  const heading = alone(
    texts.consent,
    [el('strong', null, el('bdi', { class: 'any' }, application.name)), texts.asksForToken],
    el(
      'div',
      { class: 'panel' },
      el(
        'div',
        { class: 'panel-body stack' },
        application.warning && note({ tone: 'warn', sign: 'alert' }, application.isUnknown && texts.notKnown, el('p', null, application.warning)),
        el(
          'dl',
          { class: 'pairs' },
          pair(
            texts.application,
            application.origin ? el('code', { class: 'any' }, application.origin) : texts.unknown,
            application.remark && el('span', { class: 'sub' }, application.remark),
          ),
          pair(texts.actsAs, el('strong', { class: 'any' }, session.displayName), el('code', { class: 'sub any' }, asked.userEntityRef)),
          pair(texts.name, asked.name),
          pair(texts.can, asked.scopes.length === 0 ? texts.canOnlyRead : scopes(asked.scopes, known)),
          asked.scopes.length === 0 && pair(texts.cannot, texts.cannotChange),
          pair(texts.until, time(asked.expiresAt, longDay), el('span', { class: 'sub' }, relative(asked.expiresAt))),
        ),
        trouble,
        el('div', { class: 'row fill' }, deny, allow),
      ),
    ),
    el('p', { class: 'quiet small alone-head' }, texts.consentRevocable, el('a', { href: page(TOKENS) }, texts.personalTokens), '.'),
  );
  // The button has no focus at first: a key press meant for the previous page must not consent.
  heading.focus();

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
      const signIn = e.status === 401 && linkButton(texts.signIn, location.href, { class: 'btn btn-small' });
      fill(trouble, failed(e, e.isUncertain && el('p', null, texts.consentUnanswered[decision]), signIn));
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
  const isLong = ids.length > FEW;
  return el(
    'ul',
    { class: isLong ? 'stack-tight rows-scroll rows-tall' : 'stack-tight', tabindex: isLong ? 0 : null, 'aria-label': texts.scopesCaption },
    ids.map((id) => el('li', null, el('code', { class: 'any' }, id), known.has(id) && el('span', { class: 'sub' }, known.get(id)))),
  );
}
