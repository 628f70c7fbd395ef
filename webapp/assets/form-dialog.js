/** Dialogs with a form that changes something: they create, change, rotate and revoke tokens. */

import { Failure } from './api.js';
import { button, el, fill } from './dom.js';
import { openDialog } from './dialog.js';
import { sentence } from './fields.js';
import { reason } from './frame.js';
import { requireSameUser } from './session.js';
import { texts } from './texts.js';

/** Time without a response after which the dialog reports a delay, in milliseconds. */
const SLOW = 3000;
const UNAUTHORIZED = 401;
const CONFLICT = 409;

/**
 * Opens a form. The user loses no input by accident, and can send a failed call again.
 *
 * @param {{title: string, slim?: boolean, body: Node[], submit: string, submitClass: string,
 *     fields: object[], byName: Object<string, object>, isChanged: function(): boolean, send:
 *     function(AbortSignal): Promise, done: function(object, HTMLDialogElement): Promise, refused?:
 *     function(Failure, {refuse: function, say: function, giveUp: function}): boolean, notDone?:
 *     string, unanswered: string, isRepeatable?: boolean, check?: function(): Promise<Finding>,
 *     checked?: function(), question?: function(): Question, focusAfter: function(boolean):
 *     Element}} what `notDone` is shown after an error response, to say that nothing was changed.
 *     `byName` holds the fields by the names of the API. `refused` returns true if it has shown the
 *     failure itself; it calls `giveUp` if the form cannot succeed any more. `unanswered` says what
 *     may have happened if there is no response. If `isRepeatable` is true, the same request can
 *     then be sent again without a second effect. Otherwise `check` finds out what happened: its
 *     finding is `{text, answer}`, where an `answer` is used like that of `send`. `checked` is
 *     called when the change may have been made. `question` returns what is asked before the form
 *     is left, if it is not about the input. `focusAfter` receives true if the change was made.
 */
export function openForm(what) {
  const trouble = el('div', { class: 'notice', role: 'alert', 'aria-atomic': 'false' });
  const status = el('p', { class: 'hint', role: 'status' });
  const cancel = button(texts.cancel, onCancel);
  const submit = el('button', { class: `btn ${what.submitClass}`, type: 'submit' }, what.submit);
  let sending = null;
  let slow = 0;
  let wasUnanswered = false;
  let succeeded = false;

  const dialog = openDialog({
    title: what.title,
    slim: what.slim,
    body: what.body,
    foot: [trouble, status, cancel, submit],
    guard,
    onSubmit: send,
    focusAfter: () => what.focusAfter(succeeded),
  });

  function guard() {
    if (sending) {
      sayThatItWaits();
      return false;
    }
    const question = what.question?.();
    if (question) {
      return question;
    }
    return what.isChanged() ? { title: texts.discardQuestion, text: texts.discardText, leave: texts.discard, stay: texts.keepEditing } : null;
  }

  /** During a call, the first press only explains what canceling means. */
  function onCancel() {
    if (!sending) {
      dialog.leave();
    } else if (status.textContent === '') {
      sayThatItWaits();
    } else {
      sending.abort();
    }
  }

  function sayThatItWaits() {
    status.textContent = texts.stillWaiting(what.unanswered);
    cancel.textContent = texts.stopWaiting;
  }

  function begin() {
    sending = new AbortController();
    slow = setTimeout(sayThatItWaits, SLOW);
    submit.setAttribute('aria-disabled', 'true');
    if (trouble.contains(document.activeElement)) {
      submit.focus(); // the focused button is about to be removed
    }
    trouble.replaceChildren();
    return sending.signal;
  }

  function end() {
    clearTimeout(slow);
    sending = null;
    status.textContent = '';
    cancel.textContent = texts.cancel;
    submit.removeAttribute('aria-disabled');
  }

  async function send() {
    if (sending) {
      return;
    }
    const wrong = what.fields.filter((field) => !field.verify());
    if (wrong.length > 0) {
      refuse(wrong);
      return;
    }
    const signal = begin();
    let answer;
    try {
      if (dialog.wasSignedOut()) {
        await requireSameUser();
      }
      answer = await what.send(signal);
    } catch (e) {
      end();
      show(e.name === 'AbortError' ? new Failure(0, { error: texts.stoppedWaiting }) : e);
      return;
    }
    end();
    finish(answer);
  }

  function finish(answer) {
    succeeded = true;
    dialog.close();
    return what.done(answer);
  }

  function refuse(wrong) {
    if (what.fields.length > 1) {
      say(texts.fieldsToLookAt(wrong.length));
    }
    wrong[0].focus();
  }

  function say(...text) {
    fill(trouble, el('p', { class: 'error' }, text));
  }

  function show(failure) {
    if (!(failure instanceof Failure)) {
      throw failure;
    }
    if (failure.isUncertain && what.isRepeatable) {
      offerRepeat(failure);
      return;
    }
    if (failure.isUncertain || (wasUnanswered && failure.status === CONFLICT)) {
      wasUnanswered = true;
      explain(failure);
      return;
    }
    if (what.refused?.(failure, { refuse, say, giveUp })) {
      return;
    }
    const wrong = new Set();
    for (const { field: at, message } of failure.violations) {
      const target = what.byName[at.replace(/[.[].*$/, '')];
      target?.refuse(sentence(message));
      wrong.add(target);
    }
    wrong.delete(undefined);
    if (failure.status === UNAUTHORIZED) {
      dialog.showSignedOut();
    } else if (wrong.size > 0) {
      refuse([...wrong]);
    } else {
      say([reason(failure), what.notDone].filter((text) => text).join(' '));
    }
  }

  /** Shows why the form cannot succeed any more. It can only be closed then. */
  function giveUp(...text) {
    say(...text);
    submit.hidden = true;
    cancel.textContent = texts.close;
    cancel.focus();
  }

  /** Shows what may have happened, and offers to send the same request again. */
  function offerRepeat(failure) {
    fill(
      trouble,
      el(
        'div',
        { class: 'note note-bad' },
        el('strong', null, reason(failure)),
        el('p', null, what.unanswered),
        el('div', { class: 'row' }, button(texts.tryAgain, send, { class: 'btn btn-small' })),
      ),
    );
    what.checked?.();
  }

  /** Shows what may have happened, checks it with the server, and shows the result. */
  async function explain(failure) {
    const result = el('p');
    const again = button(texts.checkAgain, check, { class: 'btn btn-small' });
    fill(
      trouble,
      el(
        'div',
        { class: 'note note-bad' },
        el('strong', null, reason(failure)),
        el('p', null, what.unanswered),
        result,
        el('div', { class: 'row' }, again),
      ),
    );
    await check();

    async function check() {
      if (again.ariaDisabled === 'true') {
        return;
      }
      again.ariaDisabled = 'true';
      fill(result, texts.checking);
      const finding = await what.check().catch(whyNot);
      if (!result.isConnected) {
        return; // closed, or sent again
      }
      if (finding.answer) {
        finish(finding.answer);
        return;
      }
      fill(result, finding.text);
      again.ariaDisabled = null;
      if (!finding.failed) {
        what.checked?.();
      }
    }
  }

  function whyNot(failure) {
    if (!(failure instanceof Failure)) {
      throw failure;
    }
    return { text: [texts.checkFailed, ' ', reason(failure)], failed: true };
  }
}
