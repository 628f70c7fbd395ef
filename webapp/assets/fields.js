/** Fields of a form: label, control, hint and error. */

import { attribute, el, newId } from './dom.js';

/**
 * Creates a field. An error replaces the hint, and is linked to the control.
 *
 * @param {{name: string, label: string, control: Element, around?: Element, hint?: function():
 *     (string|Node), check?: function(string): string}} options `check` returns the error of a
 *     value, or an empty text
 */
export function field({ name, label, control, around, hint, check }) {
  const noteId = newId(`${name}-note`);
  const note = el('p', { class: 'hint', id: noteId });
  control.id ||= newId(name);
  control.setAttribute('aria-describedby', noteId);
  const element = el('div', { class: 'field' }, el('label', { for: control.id }, label), around ?? control, note);
  let touched = false;

  function show(error) {
    attribute(control, 'aria-invalid', error ? 'true' : null);
    note.className = error ? 'error' : 'hint';
    note.replaceChildren(error || (hint?.() ?? ''));
    return !error;
  }

  function verify() {
    touched = true;
    return show(check?.(control.value) ?? '');
  }

  control.addEventListener('input', () => (touched ? verify() : show('')));
  control.addEventListener('change', () => verify());
  show('');
  return {
    name,
    element,
    control,
    verify,
    /** Shows an error that was found elsewhere, for example by the server. */
    refuse(message) {
      touched = true;
      show(message);
    },
    refresh: () => (touched ? verify() : show('')),
    focus: () => control.focus(),
  };
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
