/** The sign-in page: by password, or by the login methods that the session endpoint lists. */

import { Failure, ROOT, storageKey } from './api.js';
import { el, fill, icon, linkButton, note } from './dom.js';
import { alone, title } from './frame.js';
import { currentSession, signIn } from './session.js';
import { reason } from './states.js';
import { texts } from './texts.js';

/** Where the user returns to, by the path. @type {[RegExp, string][]} */
const RETURNS = [
  [/^admin\/access-tokens\/overview$/, texts.returnTo.overview],
  [/^admin\/access-tokens\/audit$/, texts.returnTo.audit],
  [/^admin\/access-tokens\/sessions$/, texts.returnTo.sessions],
  [/^admin\/access-tokens\/people$/, texts.returnTo.people],
  [/^admin\/access-tokens\/api$/, texts.returnTo.api],
  [/^admin\/access-tokens\/./, texts.returnTo.token],
  [/^settings\/personal-tokens$/, texts.returnTo.personal],
  [/^settings\/personal-tokens\/consent/, texts.returnTo.consent],
  [/^settings\/personal-tokens\/./, texts.returnTo.token],
];

/** Maximum length of a path that another system can return to. */
const MAX_RETURN = 1000;
/** The return path in place of a longer one, which is kept for this tab. */
const KEPT = 'sign-in?kept';
const KEPT_KEY = storageKey('return');

title(texts.signIn);
show();

/**
 * Returns the requested page, to open after the sign-in. It is always a page of this application, for
 * any value in the address. Null if the address requests none.
 *
 * @returns {URL|null}
 */
function requestedPage() {
  const parameters = new URLSearchParams(location.search);
  const to = parameters.get('to') ?? '';
  try {
    const wanted = parameters.has('kept') || to.replace(/^\/+/, '') === KEPT ? (sessionStorage.getItem(KEPT_KEY) ?? '') : to;
    const target = new URL(wanted.replace(/^\/+/, ''), ROOT);
    const within = target.origin === ROOT.origin && target.pathname.startsWith(ROOT.pathname);
    const path = target.pathname.slice(ROOT.pathname.length);
    return within && /^(admin|settings)\//.test(path) ? target : null;
  } catch {
    return null;
  }
}

async function show() {
  const target = requestedPage();
  try {
    const session = await currentSession();
    if (session.signedIn) {
      openPage(target?.href ?? session.firstPage());
      return;
    }
    render(session.ways, target);
  } catch (e) {
    alone(
      texts.signInTo,
      null,
      note(
        { tone: 'bad', sign: 'alert', role: 'alert' },
        texts.pageFailed,
        el('p', null, reason(e)),
        linkButton(texts.tryAgain, location.href, { class: 'btn btn-small' }),
      ),
    );
  }
}

/** Opens a page after the sign-in. The kept path is no longer needed. */
function openPage(address) {
  try {
    sessionStorage.removeItem(KEPT_KEY);
  } catch {
    // Storage is blocked, so there is no kept path.
  }
  location.replace(address);
}

function render(ways, target) {
  const others = ways.filter((way) => way.href);
  const hasPassword = ways.some((way) => way.id === 'password');
  const form = hasPassword ? passwordForm(target) : null;
  const methods = [
    others.map((way) => linkButton([icon('shield'), way.title ?? texts.signInBy(way.id)], wayAddress(way, target), { class: 'btn btn-large' })),
    others.length > 0 && hasPassword && el('p', { class: 'or' }, el('span', null, texts.or)),
    form?.fields,
  ];
  alone(
    texts.signInTo,
    ways.length > 0 && returnText(target),
    failedElsewhere(),
    ways.length === 0
      ? el('div', { class: 'note' }, icon('info'), el('p', null, texts.noWayIn))
      : el(
          hasPassword ? 'form' : 'div',
          { class: 'panel', method: hasPassword && 'post', novalidate: hasPassword, on: form ? { submit: form.submit } : {} },
          el('div', { class: 'panel-body stack' }, methods),
        ),
  );
  /** @type {HTMLElement|null} */ (document.querySelector('main input, main .btn'))?.focus();
}

/** Shows the page to which the user returns, unless no page was requested. */
function returnText(target) {
  const path = target?.pathname.slice(ROOT.pathname.length) ?? '';
  return RETURNS.find(([pattern]) => pattern.test(path))?.[1];
}

/** Describes why a sign-in at another system failed. */
function failedElsewhere() {
  const error = new URLSearchParams(location.search).get('error');
  const text = error && (texts.signInErrors[error] ?? texts.signInErrors.failed);
  return text && el('div', { class: 'note note-bad', role: 'alert' }, icon('alert'), el('p', null, text));
}

function wayAddress(way, target) {
  const address = new URL(way.href, ROOT);
  if (target) {
    address.searchParams.set('to', returnPath(target));
  }
  return address.href;
}

/** Returns the path to which another system returns after the sign-in. */
function returnPath(target) {
  const path = target.href.slice(ROOT.href.length);
  if (path.length < MAX_RETURN) {
    return path;
  }
  try {
    sessionStorage.setItem(KEPT_KEY, path);
    return KEPT;
  } catch {
    return path; // Storage is blocked: the first page opens after the sign-in.
  }
}

function passwordForm(target) {
  const username = credential('username', 'text', texts.username, 'username');
  const password = credential('password', 'password', texts.password, 'current-password');
  const trouble = el('div', { role: 'alert' });
  const button = el('button', { class: 'btn btn-primary btn-large', type: 'submit' }, texts.signIn);
  let sending = false;

  async function submit(event) {
    event.preventDefault();
    if (sending) {
      return;
    }
    const missing = [username, password].find((it) => it.input.value === '');
    if (missing) {
      complain(texts.bothNeeded, missing);
      return;
    }
    sending = true;
    button.setAttribute('aria-disabled', 'true');
    try {
      const session = await signIn(username.input.value, password.input.value);
      password.input.value = '';
      openPage(target?.href ?? session.firstPage());
    } catch (e) {
      if (!(e instanceof Failure)) {
        throw e;
      }
      password.input.value = '';
      complain(e.status === 401 ? texts.wrongPassword : reason(e), password);
    } finally {
      sending = false;
      button.removeAttribute('aria-disabled');
    }
  }

  function complain(text, at) {
    fill(trouble, el('div', { class: 'note note-bad' }, icon('alert'), el('p', null, text)));
    for (const { input } of [username, password]) {
      input.setAttribute('aria-invalid', 'true');
    }
    at.input.focus();
  }

  return { fields: [trouble, username.element, password.element, button], submit };
}

function credential(name, type, label, autocomplete) {
  const input = el('input', {
    class: 'input',
    id: name,
    name,
    type,
    autocomplete,
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
  });
  const element = el('div', { class: 'field' }, el('label', { for: name }, label), input);
  return { input, element };
}
