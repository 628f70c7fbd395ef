/** A choice of scopes, grouped by plugin. */

import { read } from './api.js';
import { button, el, fill, newId } from './dom.js';
import { reason } from './frame.js';
import { texts } from './texts.js';

/**
 * Creates a group of checkboxes, each labeled by its scope's id and description.
 *
 * @param {{call?: string, hint?: function(number, number): string, optional?: boolean, given?:
 *     string[]}} options the resource that lists the scopes, the hint for the number of chosen and
 *     of all scopes, whether the choice may be empty, and the scopes that the token has already:
 *     they are chosen first, and are always allowed
 */
export function scopesField({ call = 'service/scopes', hint = texts.scopesHint, optional = false, given = [] } = {}) {
  const noteId = newId('scopes-note');
  const note = el('p', { class: 'hint', id: noteId });
  const list = el('div', { class: 'scopes' }, el('p', { class: 'hint' }, texts.loadingScopes));
  const droppedNote = el('p', { class: 'hint is-strong any', role: 'status' });
  const element = el('fieldset', { 'aria-describedby': noteId }, el('legend', null, texts.scopes), note, droppedNote, list);
  let allowed = null;
  let touched = false;

  function boxes() {
    return [...list.querySelectorAll('input')];
  }

  function isLoaded() {
    return boxes().length > 0;
  }

  function chosen() {
    return boxes().filter((box) => box.checked).map((box) => box.value);
  }

  function show(error) {
    note.className = error ? 'error' : 'hint';
    note.textContent = error || hint(chosen().length, boxes().length);
    return !error;
  }

  function verify() {
    touched = true;
    const isMissing = chosen().length === 0 && !optional && (isLoaded() || given.length === 0);
    return show(isMissing ? texts.scopesMissing : '');
  }

  function update() {
    const dropped = [];
    for (const box of boxes()) {
      const refused = allowed !== null && !allowed.includes(box.value) && !given.includes(box.value);
      if (refused && box.checked) {
        dropped.push(box.value);
      }
      box.disabled = refused;
      box.checked &&= !refused;
      box.closest('label').classList.toggle('is-off', refused);
      box.closest('label').title = refused ? texts.scopeNotForGroup : '';
    }
    droppedNote.textContent = dropped.length > 0 ? texts.scopesDropped(dropped.join(', ')) : '';
    if (touched) {
      verify();
    } else {
      show('');
    }
  }

  async function load() {
    try {
      render((await read(call)).scopes);
    } catch (e) {
      fill(list, el('p', { class: 'error' }, reason(e)), button(texts.tryAgain, load));
    }
  }

  function render(scopes) {
    const plugins = new Map();
    const missing = given.filter((id) => !scopes.some((scope) => scope.id === id));
    for (const scope of [...scopes, ...missing.map((id) => ({ id, plugin: texts.otherScopes, description: '' }))]) {
      plugins.set(scope.plugin, [...(plugins.get(scope.plugin) ?? []), scope]);
    }
    fill(
      list,
      [...plugins].map(([plugin, ofPlugin]) =>
        el('fieldset', null, el('legend', { class: 'any' }, plugin), ofPlugin.map((scope) => checkbox(scope, given.includes(scope.id)))),
      ),
    );
    update();
  }

  list.addEventListener('change', update);
  show('');
  return {
    name: 'scopes',
    element,
    chosen,
    verify,
    load,
    isLoaded,
    refuse(message) {
      touched = true;
      show(message);
    },
    focus: () => boxes().find((box) => !box.disabled)?.focus(),
    /** Limits the scopes to those that the group's tokens may have; null allows all. */
    allow(ids) {
      allowed = ids;
      update();
    },
  };
}

function checkbox(scope, checked) {
  return el(
    'label',
    null,
    el('input', { type: 'checkbox', name: 'scopes', value: scope.id, checked }),
    el('code', { class: 'any' }, scope.id),
    ' ',
    el('span', { class: 'hint any' }, scope.description),
  );
}
