/** Dialogs with a form that changes something: they create, change, rotate and revoke tokens. */

import { Failure } from './api.js';
import { button, el, fill, icon } from './dom.js';
import { openDialog } from './dialog.js';
import { CHECKED, sentence } from './fields.js';
import { reason } from './states.js';
import { texts } from './texts.js';

/** Time without a response after which the dialog reports a delay, in milliseconds. */
const SLOW = 3000;
const UNAUTHORIZED = 401;
const CONFLICT = 409;

/**
 * A field of a form, as the form uses it.
 *
 * @typedef {{name?: string, label?: string, element?: Element, verify: function(): boolean,
 *     isWrong?: function(): boolean, refuse?: function(string): void, focus: function(): void}}
 *     FormField
 */

/**
 * The parts of a form.
 *
 * @typedef {object} Form
 * @property {string} title
 * @property {*[]} [subtitle]
 * @property {boolean} [slim]
 * @property {boolean} [wide]
 * @property {*[]} body
 * @property {function(): *} [summary] shows in the foot what will be made; it is called again after
 *     each change of a field
 * @property {string} submit
 * @property {string} submitClass
 * @property {FormField[]} fields
 * @property {Record<string, FormField>} byName the fields by the names of the API
 * @property {function(): boolean} isChanged
 * @property {function(AbortSignal): Promise<*>} send
 * @property {function(*): *} done receives the answer of `send`
 * @property {function(Failure, {refuse: function(FormField[]): void, giveUp: function(...*): void}):
 *     boolean} [refused] returns true if it has shown the failure itself; it calls `giveUp` if the
 *     form can no longer succeed
 * @property {string} [notDone] is shown after an error response, to say that nothing was changed
 * @property {string} unanswered says what may have happened if there is no response
 * @property {boolean} [isRepeatable] true if the same request can then be sent again without a
 *     second effect. Otherwise `check` finds out what happened
 * @property {function(number): Promise<{text?: *, answer?: *, failed?: boolean}>} [check] receives the
 *     time of the first request without a response, in milliseconds, and returns a finding, whose
 *     `answer` is used like that of `send`
 * @property {function(): string} [creates] identifies what the latest request creates, if a changed
 *     field can make it something else
 * @property {function(): void} [checked] is called when the change may have been made
 * @property {function(): (object|null|undefined)} [question] returns what is asked before the form
 *     is left, if it is not about the input
 * @property {function(boolean): *} focusAfter receives true if the change was made, and returns the
 *     element that gets the focus. If the change was not made, the element that opened the form gets
 *     it instead, if the page still shows that element
 * @property {function(): void} [onClose]
 */

/**
 * Opens a form. The user loses no input by accident, and can send a failed call again.
 *
 * @param {Form} what
 */
export function openForm(what) {
  const trouble = el('div', { class: 'notice', role: 'alert', 'aria-atomic': 'false' });
  const status = el('p', { class: 'hint', role: 'status' });
  const cancel = button(texts.cancel, onCancel);
  const submit = el('button', { class: `btn ${what.submitClass}`, type: 'submit' }, what.submit);
  let sending = null;
  let slow = 0;
  /**
   * When the requests without a response were first sent, by what they create.
   *
   * @type {Map<string, number>}
   */
  const unanswered = new Map();
  let succeeded = false;
  /** The fields because of which the form was not sent. */
  const refused = new Set();
  const outline = el('p', { class: 'quiet small any' });
  const opener = document.activeElement;

  const dialog = openDialog({
    title: what.title,
    subtitle: what.subtitle,
    slim: what.slim,
    body: what.body,
    foot: [trouble, status, outline, cancel, submit],
    guard,
    onSubmit: send,
    onClose() {
      window.removeEventListener('beforeunload', warn);
      what.onClose?.();
    },
    focusAfter() {
      const next = what.focusAfter(succeeded);
      return succeeded || opener === document.body || !opener?.checkVisibility() ? next : opener;
    },
  });
  window.addEventListener('beforeunload', warn);
  if (what.wide) {
    dialog.element.classList.add('wide');
  }
  for (const event of [CHECKED, 'input', 'change']) {
    dialog.element.addEventListener(event, update);
  }
  update();

  /** Shows what is still wrong, and what will be made. */
  function update() {
    if (refused.size > 0) {
      sayWhatIsWrong();
    }
    fill(outline, trouble.hasChildNodes() ? '' : (what.summary?.() ?? ''));
  }

  /** Names the wrong fields. The text goes when all of them are corrected. */
  function sayWhatIsWrong() {
    const wrong = what.fields.filter((field) => (field.isWrong ? field.isWrong() : refused.has(field)));
    const names = wrong.map((field) => field.label).filter((label) => label);
    const text = `${texts.fieldsToFix(wrong.length)}${names.join()}`;
    if (wrong.length === 0) {
      refused.clear();
      trouble.replaceChildren();
    } else if (trouble.dataset.wrong !== text || !trouble.hasChildNodes()) {
      trouble.dataset.wrong = text;
      const links = wrong.filter((field) => field.label).flatMap((field, at) => [at > 0 ? ', ' : ' ', link(field)]);
      fill(trouble, errorLine(texts.fieldsToFix(wrong.length), links));
    }
  }

  function link(field) {
    return button(field.label, () => field.focus(), { class: 'link' });
  }

  function errorLine(...text) {
    return el('p', { class: 'error' }, icon('alert'), el('span', null, text));
  }

  return dialog;

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

  /** Makes the browser ask before it leaves the page. */
  function warn(event) {
    if (sending || what.question?.() || what.isChanged()) {
      event.preventDefault();
      event.returnValue = ''; // for older browsers
    }
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
    refused.clear();
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
    const sentAt = Date.now();
    let answer;
    try {
      answer = await what.send(signal);
    } catch (e) {
      end();
      show(e.name === 'AbortError' ? new Failure(0, { error: texts.stoppedWaiting }) : e, sentAt);
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
      trouble.replaceChildren();
      wrong.forEach((field) => refused.add(field));
      update();
    }
    wrong[0].focus();
  }

  function say(...text) {
    refused.clear();
    fill(trouble, errorLine(text));
    update();
  }

  function show(failure, sentAt) {
    if (!(failure instanceof Failure)) {
      throw failure;
    }
    if (failure.isUncertain && what.isRepeatable) {
      offerRepeat(failure);
      return;
    }
    const created = what.creates?.() ?? '';
    if (failure.isUncertain && !unanswered.has(created)) {
      unanswered.set(created, sentAt);
    }
    if (failure.isUncertain || (unanswered.has(created) && failure.status === CONFLICT)) {
      explain(failure, unanswered.get(created));
      return;
    }
    if (what.refused?.(failure, { refuse, giveUp })) {
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

  /** Shows why the form can no longer succeed. It can only be closed then. */
  function giveUp(...text) {
    say(...text);
    submit.hidden = true;
    cancel.textContent = texts.close;
    cancel.focus();
  }

  /** Shows what may have happened, and a button below it. */
  function showUncertain(failure, result, action) {
    fill(
      trouble,
      el(
        'div',
        { class: 'note note-bad' },
        el('strong', null, reason(failure)),
        el('p', null, what.unanswered),
        result,
        el('div', { class: 'row' }, action),
      ),
    );
  }

  /** Shows what may have happened, and offers to send the same request again. */
  function offerRepeat(failure) {
    showUncertain(failure, null, button(texts.tryAgain, send, { class: 'btn btn-small' }));
    what.checked?.();
  }

  /** Shows what may have happened, checks it with the server, and shows the result. */
  async function explain(failure, since) {
    const result = el('p');
    const again = button(texts.checkAgain, check, { class: 'btn btn-small' });
    showUncertain(failure, result, again);
    await check();

    async function check() {
      if (again.ariaDisabled === 'true') {
        return;
      }
      again.ariaDisabled = 'true';
      fill(result, texts.checking);
      const finding = await what.check(since).catch(whyNot);
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
    return { text: [texts.checkFailed, ' ', reason(failure)], answer: null, failed: true };
  }
}
