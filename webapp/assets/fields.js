/** Fields of a form: label, control, hint and error. */

import { attribute, button, el, fill, icon, newId } from './dom.js';
import { texts } from './texts.js';

/** The event of an element that the state of a field may have changed; it bubbles. */
export const CHECKED = 'checked';

/**
 * Creates the line below a control: a hint, or in its place an error.
 *
 * @param {string} id
 */
export function fieldNote(id) {
  const element = el('p', { class: 'hint', id });
  return {
    element,
    /** @param {string} error may be empty  @param {string|Node} hint is shown without an error */
    show(error, hint) {
      element.className = error ? 'error' : 'hint';
      fill(element, error ? [icon('alert'), el('span', null, error)] : hint);
    },
  };
}

/**
 * Creates a field. An error replaces the hint, and is linked to the control.
 *
 * @param {{name: string, label: string, control: HTMLInputElement|HTMLTextAreaElement, around?:
 *     Element, hint?: function(): (string|Node), check?: function(string): string, suggest?:
 *     function(string): string[]}} options `check` returns the error of a value, or an empty text.
 *     `suggest` returns values that can replace a wrong value.
 */
export function field({ name, label, control, around, hint, check, suggest }) {
  const noteId = newId(`${name}-note`);
  const note = fieldNote(noteId);
  const offers = el('p', { class: 'hint', hidden: true });
  control.id ||= newId(name);
  control.setAttribute('aria-describedby', noteId);
  const element = el('div', { class: 'field' }, el('label', { for: control.id }, label), around ?? control, note.element, offers);
  let touched = false;
  let error = '';

  function show(found) {
    error = found;
    attribute(control, 'aria-invalid', error ? 'true' : null);
    note.show(error, hint?.() ?? '');
    offer(error ? (suggest?.(control.value) ?? []) : []);
    element.dispatchEvent(new CustomEvent(CHECKED, { bubbles: true }));
    return !error;
  }

  function offer(values) {
    if (values.join('\n') === offers.dataset.values) {
      return; // a press on one of them ends the input, and must still find it
    }
    offers.dataset.values = values.join('\n');
    offers.hidden = values.length === 0;
    fill(offers, values.length > 0 && [texts.useInstead, ...values.flatMap((value, at) => [at > 0 && ' · ', link(value)])]);
  }

  function link(value) {
    return button(value, () => made.set(value), { class: 'link any' });
  }

  function verify() {
    touched = true;
    return show(check?.(control.value) ?? '');
  }

  control.addEventListener('input', () => (touched ? verify() : show('')));
  control.addEventListener('change', () => verify());
  show('');
  const made = {
    name,
    label,
    element,
    control,
    verify,
    isWrong: () => error !== '',
    /** Shows an error that was found elsewhere, for example by the server, and other values. */
    refuse(message, values) {
      touched = true;
      show(message);
      if (values) {
        offer(values);
      }
    },
    /** Sets the value as if the user had typed it. */
    set(value) {
      control.value = value;
      control.focus();
      verify();
    },
    refresh: () => (touched ? verify() : show('')),
    focus: () => control.focus(),
  };
  return made;
}

/** Returns the number of characters of a text as the server counts them: code points. */
export function length(text) {
  return [...text].length;
}

/** Creates a text area of a few lines. */
export function textArea(name, limit) {
  return el('textarea', { class: 'input', name, rows: 2, maxlength: limit * 2, required: true });
}

/** Turns a violation's message, which is only a part of a sentence, into a sentence. */
export function sentence(message) {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
