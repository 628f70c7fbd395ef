/** The sign-in page: by password, or by the login methods that the session endpoint lists. */

import { Failure, ROOT } from './api.js';
import { el, fill, linkButton } from './dom.js';
import { main, reason, title } from './frame.js';
import { currentSession, signIn } from './session.js';
import { texts } from './texts.js';

const FIRST_PAGE = 'admin/access-tokens';

/** The names of possible destinations, by their paths. */
const NAMES = [
  [/^admin\/access-tokens\/overview$/, texts.overview],
  [/^admin\/access-tokens\/audit$/, texts.audit],
  [/^admin\/access-tokens\/sessions$/, texts.sessions],
  [/^admin\/access-tokens\/./, texts.aToken],
  [/^settings\/personal-tokens$/, texts.personalTokens],
  [/^settings\/personal-tokens\/consent/, texts.aConsent],
  [/^/, texts.serviceTokens],
];

title(texts.signIn);
show();

/**
 * Returns the page to open after the sign-in. It is always a page of this application, for any
 * value in the address.
 */
function destination() {
  const wanted = new URLSearchParams(location.search).get('to') ?? '';
  try {
    const target = new URL(wanted.replace(/^\/+/, '') || FIRST_PAGE, ROOT);
    const within = target.origin === ROOT.origin && target.pathname.startsWith(ROOT.pathname);
    const path = target.pathname.slice(ROOT.pathname.length);
    return within && /^(admin|settings)\//.test(path) ? target : new URL(FIRST_PAGE, ROOT);
  } catch {
    return new URL(FIRST_PAGE, ROOT);
  }
}

async function show() {
  const target = destination();
  try {
    const session = await currentSession();
    if (session.signedIn) {
      location.replace(target.href);
      return;
    }
    render(session.ways, target);
  } catch (e) {
    fill(
      main(),
      headline(),
      el(
        'div',
        { class: 'note note-bad', role: 'alert' },
        el('strong', null, texts.pageFailed),
        el('p', null, reason(e)),
        el('p', null, linkButton(texts.tryAgain, location.href)),
      ),
    );
  }
}

function headline() {
  return el(
    'div',
    { class: 'stack-tight' },
    el('p', { class: 'quiet' }, texts.product),
    el('h1', null, texts.signIn),
  );
}

function render(ways, target) {
  const others = ways.filter((way) => way.href);
  const path = target.pathname.slice(ROOT.pathname.length);
  const [, name] = NAMES.find(([pattern]) => pattern.test(path));
  fill(
    main(),
    headline(),
    failedElsewhere(),
    ways.some((way) => way.id === 'password') && passwordForm(target),
    others.length > 0 &&
      el(
        'div',
        { class: 'stack' },
        others.map((way) => linkButton(way.title ?? texts.signInBy(way.id), wayAddress(way, target), { class: 'btn btn-wide' })),
      ),
    ways.length === 0 && el('p', { class: 'note' }, texts.noWayIn),
    ways.length > 0 && el('p', { class: 'quiet small' }, texts.goOnTo, el('strong', null, name), texts.afterSigningIn),
  );
  document.querySelector('input, .btn')?.focus();
}

/** Describes why a sign-in at another system failed. */
function failedElsewhere() {
  const error = new URLSearchParams(location.search).get('error');
  const text = error && (texts.signInErrors[error] ?? texts.signInErrors.failed);
  return text && el('div', { class: 'note note-bad', role: 'alert' }, el('p', null, text));
}

function wayAddress(way, target) {
  const address = new URL(way.href, ROOT);
  address.searchParams.set('to', target.href.slice(ROOT.href.length));
  return address.href;
}

function passwordForm(target) {
  const username = credential('username', 'text', texts.username, 'username');
  const password = credential('password', 'password', texts.password, 'current-password');
  const trouble = el('div', { role: 'alert' });
  const submit = el('button', { class: 'btn btn-primary btn-wide', type: 'submit' }, texts.signIn);
  const form = el(
    'form',
    { class: 'panel', method: 'post', novalidate: true },
    el('div', { class: 'panel-body stack' }, trouble, username.element, password.element, submit),
  );
  let sending = false;

  form.addEventListener('submit', async (event) => {
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
    submit.setAttribute('aria-disabled', 'true');
    try {
      await signIn(username.input.value, password.input.value);
      password.input.value = '';
      location.replace(target.href);
    } catch (e) {
      if (!(e instanceof Failure)) {
        throw e;
      }
      password.input.value = '';
      complain(e.status === 401 ? texts.wrongPassword : reason(e), password);
    } finally {
      sending = false;
      submit.removeAttribute('aria-disabled');
    }
  });

  function complain(text, at) {
    trouble.className = 'note note-bad';
    trouble.replaceChildren(el('p', null, text));
    for (const { input } of [username, password]) {
      input.setAttribute('aria-invalid', 'true');
    }
    at.input.focus();
  }

  return form;
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
