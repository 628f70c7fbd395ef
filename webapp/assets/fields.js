/** Fields of a form: label, control, hint, and what is wrong with it. */

import { attribute, el, newId } from './dom.js';

/**
 * A field. What is wrong shows in place of the hint, tied to the control.
 *
 * @param {{name: string, label: string, control: Element, around?: Element,
 *     hint?: function(): (string|Node), check?: function(string): string}} options `check` says
 *     what is wrong with a value, or nothing
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
    /** Shows what somebody else found wrong. */
    refuse(message) {
      touched = true;
      show(message);
    },
    refresh: () => (touched ? verify() : show('')),
    focus: () => control.focus(),
  };
}

/** How many characters a text has as the server counts them: code points. */
export function length(text) {
  return [...text].length;
}

/** A text area of a few lines. */
export function textArea(name, limit) {
  return el('textarea', { class: 'input', name, rows: 2, maxlength: limit * 2, required: true });
}

/** A sentence of a violation's message, which is not one. */
export function sentence(message) {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
