/** Modal dialogs: each is created when it is opened, and removed completely when it is closed. */

import { onSessionChange, page } from './api.js';
import { button, el, fill, liveRegion, newId, note } from './dom.js';
import { texts } from './texts.js';

/**
 * A question that replaces the buttons of a dialog: its heading, its consequence and the names of
 * its two buttons.
 *
 * @typedef {{title: string, text: string, leave: string, stay: string, onStay?: function(): void}}
 *     Question
 */

/**
 * Opens a dialog.
 *
 * @param {{title: string, subtitle?: *[], slim?: boolean, body: *[], foot: *[], describedBy?: string,
 *     onSubmit?: function(): *, guard?: function(): (Question|boolean|null), onClose?: function(): *,
 *     focusAfter?: function(): *}} what `guard` decides when the user leaves by Escape, by a
 *     click outside or by {@link leave}: null closes the dialog, false keeps it open, and a
 *     question is asked first. `focusAfter` returns the element that gets the
 *     focus when the dialog is closed.
 * @returns {{element: HTMLDialogElement, close: function(): void, leave: function(function(): void=):
 *     void, showSignedOut: function(): void}} `leave` calls its argument if the dialog is closed
 */
export function openDialog(what) {
  const opener = /** @type {HTMLElement|null} */ (document.activeElement);
  const titleId = newId('dialog-title');
  const notice = el('div', { class: 'notice', role: 'alert' });
  const foot = el('div', { class: 'sheet-foot' }, notice, what.foot);
  const sheet = el(
    what.onSubmit ? 'form' : 'div',
    { class: 'sheet', novalidate: what.onSubmit ? true : null },
    el(
      'div',
      { class: 'sheet-title' },
      el('div', null, el('h2', { id: titleId }, what.title), what.subtitle && el('p', { class: 'quiet any' }, what.subtitle)),
    ),
    el('div', { class: 'sheet-body stack' }, what.body),
    foot,
  );
  const dialog = el(
    'dialog',
    {
      class: what.slim ? 'slim' : null,
      // Otherwise, a second Escape would close it without asking the page: see the keydown listener
      // below.
      closedby: 'none',
      'aria-labelledby': titleId,
      'aria-describedby': what.describedBy,
    },
    sheet,
    liveRegion(),
  );
  const forgetSession = onSessionChange((ended) => (ended ? showSignedOut() : notice.replaceChildren()));

  function close() {
    if (dialog.open) {
      dialog.close();
    }
  }

  function isAsking() {
    return foot.querySelector('[role="alertdialog"]') !== null;
  }

  /** @param {function(): void} [then] */
  function leave(then) {
    if (isAsking()) {
      return;
    }
    const guarded = what.guard?.() ?? null;
    if (guarded === null) {
      close();
      then?.();
    } else if (guarded) {
      ask(guarded, then);
    }
  }

  /**
   * Replaces the buttons by the question, so that it is visible and no other button can be pressed.
   */
  function ask(question, then) {
    const focused = /** @type {HTMLElement|null} */ (document.activeElement);
    const headingId = newId('ask-title');
    const textId = newId('ask-text');
    const hidden = [...foot.children].filter((child) => !child.hasAttribute('hidden'));
    const stay = button(question.stay, () => {
      asking.remove();
      hidden.forEach((child) => child.removeAttribute('hidden'));
      (question.onStay ?? (() => focused?.focus()))();
    }, { class: 'btn btn-primary' });
    const asking = el(
      'div',
      { class: 'row', role: 'alertdialog', 'aria-labelledby': headingId, 'aria-describedby': textId },
      el(
        'div',
        { class: 'stack-tight' },
        el('strong', { id: headingId }, question.title),
        el('p', { class: 'quiet', id: textId }, question.text),
      ),
      button(question.leave, () => {
        close();
        then?.();
      }),
      stay,
    );
    hidden.forEach((child) => child.setAttribute('hidden', ''));
    foot.append(asking);
    stay.focus();
  }

  /** Offers to sign in in another tab, because leaving this page would lose the input. */
  function showSignedOut() {
    fill(
      notice,
      note(
        { tone: 'warn', sign: 'user' },
        texts.signedOut,
        el('p', null, texts.signedOutMeanwhile, ' ', el('a', { href: page('sign-in'), target: '_blank' }, texts.signInElsewhere)),
      ),
    );
  }

  /** Listens on the document, because sometimes no element of the dialog has the focus. */
  function onKey(event) {
    if (event.isComposing) {
      return; // the key is for the input method
    }
    const isOnTop = [...document.querySelectorAll('dialog[open]')].at(-1) === dialog;
    if (event.key === 'Escape' && isOnTop && !event.defaultPrevented) {
      event.preventDefault();
      leave();
    }
  }

  document.addEventListener('keydown', onKey);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    leave();
  });
  // A press that begins inside the dialog, for example to select text, must not close it.
  let pressedOutside = false;
  dialog.addEventListener('pointerdown', (event) => {
    pressedOutside = event.target === dialog;
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog && pressedOutside) {
      leave();
    }
  });
  dialog.addEventListener('close', () => {
    forgetSession();
    document.removeEventListener('keydown', onKey);
    what.onClose?.();
    dialog.remove();
    (what.focusAfter?.() ?? opener)?.focus?.();
  });
  if (what.onSubmit) {
    sheet.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!isAsking()) {
        what.onSubmit();
      }
    });
  }
  document.body.append(dialog);
  dialog.showModal();
  return { element: dialog, close, leave, showSignedOut };
}
