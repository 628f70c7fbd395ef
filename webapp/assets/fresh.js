/** Makes a change that requires a fresh sign-in: requests the sign-in first if necessary. */

import { Failure, page, ROOT, write } from './api.js';
import { openDialog } from './dialog.js';
import { button, el, linkButton } from './dom.js';
import { currentSession, signInAgain } from './session.js';
import { reason } from './states.js';
import { texts } from './texts.js';

const TYPE = 'urn:problem-type:access-tokens:insufficient-user-authentication';
const UNAUTHORIZED = 401;
const SESSIONS = 'admin/access-tokens/sessions';

/**
 * Changes a resource as `write` does. If the sign-in is too old, it asks the user to sign in again,
 * and repeats the call. The page and its dialogs stay as they are meanwhile.
 *
 * @param {Parameters<typeof write>} call
 * @throws {Failure} if the call fails, or if the user does not sign in again
 */
export function writeFreshly(...call) {
  return withFreshSignIn(() => write(...call));
}

/**
 * Makes a call as `writeFreshly` does.
 *
 * @template T
 * @param {function(): Promise<T>} call
 * @throws {Failure} if the call fails, or if the user does not sign in again
 */
export async function withFreshSignIn(call) {
  try {
    return await call();
  } catch (e) {
    if (!(e instanceof Failure) || e.type !== TYPE || !(await askToSignIn())) {
      throw e;
    }
    return call();
  }
}

/** Returns true when the user has signed in again, false if they have canceled. */
async function askToSignIn() {
  const session = await currentSession();
  const provider = session.way === 'oidc' && session.ways.find((way) => way.href);
  return new Promise((resolve) => {
    const trouble = el('p', { class: 'error', role: 'alert' });
    const input = passwordInput();
    let done = false;
    let sending = false;

    const dialog = openDialog({
      title: texts.signInAgain,
      slim: true,
      body: [
        el('p', null, texts.signInAgainText),
        provider ? elsewhere(provider) : el('div', { class: 'field' }, el('label', { for: input.id }, texts.passwordOf(session.displayName)), input),
      ],
      foot: [
        trouble,
        button(texts.cancel, () => dialog.close()),
        el('button', { class: 'btn btn-primary', type: 'submit' }, provider ? texts.haveSignedIn : texts.confirm),
      ],
      onSubmit: provider ? confirmed : send,
    });
    dialog.element.addEventListener('close', () => {
      input.value = '';
      resolve(done);
    });
    (provider ? /** @type {HTMLElement} */ (dialog.element.querySelector('.sheet-body .btn')) : input).focus();

    function confirmed() {
      done = true;
      dialog.close();
    }

    async function send() {
      if (sending) {
        return;
      }
      if (input.value === '') {
        refuse(texts.passwordMissing);
        return;
      }
      sending = true;
      trouble.textContent = '';
      try {
        await signInAgain(input.value);
        confirmed();
      } catch (e) {
        if (!(e instanceof Failure)) {
          throw e;
        }
        await explain(e);
      } finally {
        sending = false;
      }
    }

    /** Shows why the sign-in failed. A 401 means that the password is wrong or that the session has ended. */
    async function explain(failure) {
      if (failure.status !== UNAUTHORIZED) {
        refuse(reason(failure));
        return;
      }
      try {
        if ((await currentSession()).signedIn) {
          refuse(texts.passwordWrong);
        } else {
          confirmed(); // the repeated call reports the end of the session, and its page then offers to sign in
        }
      } catch (e) {
        refuse(reason(e));
      }
    }

    function refuse(text) {
      trouble.textContent = text;
      input.setAttribute('aria-invalid', 'true');
      input.focus();
      input.select();
    }
  });
}

function passwordInput() {
  return el('input', {
    class: 'input',
    id: 'password-again',
    type: 'password',
    autocomplete: 'current-password',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
  });
}

/** Opens the provider in another tab, because this tab holds the user's input. */
function elsewhere(provider) {
  const address = new URL(provider.href, ROOT);
  address.searchParams.set('fresh', 'true');
  address.searchParams.set('to', page(SESSIONS).slice(ROOT.href.length - 1));
  return el(
    'div',
    { class: 'stack-tight' },
    linkButton(provider.title ?? texts.signIn, address.href, { target: '_blank', rel: 'noopener' }),
    el('p', { class: 'hint' }, texts.opensTab),
  );
}
