/** A choice of scopes: presets, a search, a list by plugin, and what is chosen. */

import { read } from './api.js';
import { combobox, MORE } from './combobox.js';
import { attribute, button, el, fill, icon, newId, spoken } from './dom.js';
import { CHECKED, fieldNote } from './fields.js';
import { foldCase, number } from './format.js';
import { reason } from './states.js';
import { texts } from './texts.js';

/** A scope in the scope catalog. @typedef {{id: string, description: string, plugin: string}} Scope */

const READ_ONLY = ':read';
const SKELETON_LINES = 6;
const FEW = 20;

/**
 * Creates the field. It has its final size before the scopes are loaded.
 *
 * @param {{call?: string, hint?: string, optional?: boolean, given?: string[], fromToken?:
 *     boolean}} options the resource that lists the scopes, the hint, whether the choice may be
 *     empty, the scopes that the token has already (they are chosen first, and are always allowed),
 *     and whether the scopes of a service token can be taken over
 */
export function scopesField({ call = 'service/scopes', hint = texts.scopesHint, optional = false, given = [], fromToken = false } = {}) {
  const note = fieldNote(newId('scopes-note'));
  const droppedNote = el('p', { class: 'hint is-strong any', role: 'status' });
  const presets = el('div', { class: 'chips', role: 'group', 'aria-label': texts.presets });
  const search = el('input', { type: 'search', 'aria-label': texts.searchScopes, placeholder: texts.searchScopes, autocomplete: 'off', spellcheck: 'false' });
  const list = el('div', { class: 'scope-list' }, skeleton());
  const picked = el('div', { class: 'picked' }, el('span', { class: 'quiet' }, texts.loadingScopes));
  const other = fromToken ? otherToken((token) => choose(token.scopes)) : null;
  const element = el(
    'fieldset',
    { class: 'field scope-field', 'aria-describedby': note.element.id },
    el('legend', { class: 'label' }, texts.scopes),
    presets,
    other?.box,
    el('div', { class: 'scope-box' }, el('div', { class: 'scope-search' }, icon('search'), search), list, picked),
    note.element,
    droppedNote,
  );
  /** @type {{scope: Scope, box: HTMLInputElement, label: Element, why: Element}[]} */
  let rows = [];
  let allowed = null;
  /** The scopes to choose as soon as the list is loaded. */
  let wanted = given;
  let touched = false;
  let error = '';

  function boxes() {
    return rows.map((row) => row.box);
  }

  function chosen() {
    return boxes().filter((box) => box.checked).map((box) => box.value);
  }

  function show(found) {
    error = found;
    note.show(error, hint);
    element.dispatchEvent(new CustomEvent(CHECKED, { bubbles: true }));
    return !error;
  }

  function verify() {
    touched = true;
    const isMissing = chosen().length === 0 && !optional && (rows.length > 0 || given.length === 0);
    return show(isMissing ? texts.scopesMissing : '');
  }

  function isRefused(id) {
    return allowed !== null && !allowed.includes(id) && !given.includes(id);
  }

  /** Applies the limits of the group, and shows what is chosen. */
  function update() {
    const dropped = [];
    for (const { box, label, why } of rows) {
      const refused = isRefused(box.value);
      if (refused && box.checked) {
        dropped.push(box.value);
      }
      box.disabled = refused;
      box.checked &&= !refused;
      label.classList.toggle('is-off', refused);
      why.textContent = refused ? ` · ${texts.scopeNotForGroup}` : '';
    }
    if (dropped.length > 0) {
      droppedNote.textContent = texts.scopesDropped(dropped.join(', '));
    }
    showPicked();
    showPresets();
    if (touched) {
      verify();
    } else {
      show('');
    }
  }

  function showPicked() {
    if (rows.length === 0) {
      return;
    }
    const ids = chosen();
    const at = [...picked.children].indexOf(document.activeElement);
    fill(
      picked,
      el('span', { class: 'quiet', role: 'status' }, texts.scopesChosen(ids.length, rows.length)),
      ids.map((id) => button([spoken(texts.remove), el('code', null, id), icon('x')], () => choose(ids.filter((it) => it !== id)), { class: 'any' })),
      ids.length > 1 && button(texts.clear, () => choose([]), { class: 'link' }),
    );
    if (at >= 0) {
      const next = /** @type {HTMLElement} */ (picked.children[Math.min(at, picked.children.length - 1)]);
      (next instanceof HTMLButtonElement ? next : search).focus();
    }
  }

  function showPresets() {
    for (const preset of /** @type {NodeListOf<HTMLElement>} */ (presets.querySelectorAll('[data-preset]'))) {
      const ids = presetIds();
      attribute(preset, 'aria-pressed', String(ids.length > 0 && ids.join() === chosen().join()));
      preset.hidden = ids.length === 0;
    }
  }

  /** Returns the scopes that only read and that the group may have. */
  function presetIds() {
    return boxes().map((box) => box.value).filter((id) => id.endsWith(READ_ONLY) && !isRefused(id));
  }

  /** Chooses exactly these scopes. Says which of them cannot be chosen. */
  function choose(ids) {
    wanted = ids;
    droppedNote.textContent = '';
    if (rows.length === 0) {
      return;
    }
    const known = boxes().map((box) => box.value);
    const unknown = ids.filter((id) => !known.includes(id));
    for (const box of boxes()) {
      box.checked = ids.includes(box.value);
    }
    if (unknown.length > 0) {
      droppedNote.textContent = texts.scopesUnknown(unknown.join(', '));
    }
    touched ||= ids.length > 0;
    update();
  }

  async function load() {
    fill(list, skeleton());
    try {
      render((await read(call)).scopes);
    } catch (e) {
      fill(list, el('div', { class: 'scope-trouble' }, el('p', { class: 'error' }, reason(e)), button(texts.tryAgain, load, { class: 'btn btn-small' })));
    }
  }

  /** @param {Scope[]} scopes */
  function render(scopes) {
    const missing = given.filter((id) => !scopes.some((scope) => scope.id === id));
    const all = [...scopes, ...missing.map((id) => ({ id, plugin: texts.otherScopes, description: '' }))];
    const plugins = [...new Set(all.map((scope) => scope.plugin))];
    rows = plugins.flatMap((plugin) => all.filter((scope) => scope.plugin === plugin).map(row));
    fill(
      list,
      plugins.map((plugin) =>
        el('fieldset', null, el('legend', { class: 'any' }, plugin), rows.filter((it) => it.scope.plugin === plugin).map((it) => it.label)),
      ),
    );
    fill(presets, presetButton(), other?.opener);
    search.placeholder = texts.searchAmong(rows.length);
    list.scrollTop = 0;
    choose(wanted);
    find();
  }

  function presetButton() {
    return button(texts.readOnly, () => choose(presetIds()), { class: 'chip', 'data-preset': true, 'aria-pressed': 'false', title: texts.readOnlyTitle });
  }

  /** Shows the scopes whose id, description or plugin contains each word of the search. */
  function find() {
    const words = foldCase(search.value).split(/\s+/).filter((word) => word);
    for (const { scope, label } of rows) {
      const text = foldCase(`${scope.id} ${scope.description} ${scope.plugin}`);
      attribute(label, 'hidden', !words.every((word) => text.includes(word)));
    }
    for (const plugin of list.querySelectorAll('fieldset')) {
      attribute(plugin, 'hidden', !plugin.querySelector('label:not([hidden])'));
    }
    list.querySelector('.nothing')?.remove();
    if (words.length > 0 && !list.querySelector('fieldset:not([hidden])')) {
      list.append(el('p', { class: 'nothing quiet', role: 'status' }, texts.noScopeMatches(search.value)));
    }
  }

  list.addEventListener('change', () => {
    wanted = chosen();
    droppedNote.textContent = '';
    update();
  });
  search.addEventListener('input', find);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault(); // it does not send the form
    } else if (event.key === 'Escape' && search.value && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      search.value = '';
      find();
    }
  });
  show('');
  return {
    name: 'scopes',
    label: texts.scopes,
    element,
    chosen,
    choose,
    verify,
    load,
    isWrong: () => error !== '',
    /** Returns what each chosen scope allows; its id before the scopes are loaded. */
    meanings() {
      return rows.length === 0 ? wanted : rows.filter((it) => it.box.checked).map(({ scope }) => scope.description || scope.id);
    },
    isLoaded: () => rows.length > 0,
    refuse(message) {
      touched = true;
      show(message);
    },
    focus: () => boxes().find((box) => !box.disabled && box.checkVisibility())?.focus(),
    /** Limits the scopes to those that the group's tokens may have; null allows all. */
    allow(ids) {
      allowed = ids;
      update();
    },
  };
}

/** @param {Scope} scope */
function row(scope) {
  const box = el('input', { type: 'checkbox', name: 'scopes', value: scope.id });
  const why = el('span');
  const label = el('label', null, box, el('code', { class: 'any' }, scope.id), ' ', el('span', { class: 'hint any' }, scope.description, why));
  return { scope, box, label, why };
}

function skeleton() {
  return Array.from({ length: SKELETON_LINES }, () => el('div', { class: 'scope-skeleton' }, el('span', { class: 'skeleton' })));
}

/** Returns the scopes of a token, or the first of them if they are many. */
function scopesOf({ scopes }) {
  const first = scopes.slice(0, FEW).join(' ');
  return scopes.length > FEW ? `${first} ${texts.andMore(number(scopes.length - FEW))}` : first;
}

/**
 * Creates a search for a service token. It is closed first, and closes when a token was chosen.
 *
 * @param {function(object): void} onChoose receives the token
 */
function otherToken(onChoose) {
  const input = el('input', { class: 'input', type: 'text', 'aria-label': texts.tokenToCopyFrom, placeholder: texts.tokenToCopyFrom });
  const found = combobox(input, {
    label: texts.serviceTokens,
    async search(q, signal) {
      const { tokens, next } = await read('service', { q, limit: FEW }, signal);
      return [...tokens.map((token) => ({ value: token, text: token.name, note: scopesOf(token) })), ...(next ? [MORE] : [])];
    },
    onChange() {
      const token = found.chosen()?.value;
      if (token) {
        found.show(null);
        open(false);
        onChoose(token);
        opener.focus();
      }
    },
  });
  const box = el('div', { class: 'combo', hidden: true, id: newId('other-token') }, input, found.list);
  const opener = button([icon('clone'), texts.sameAsAnother], () => open(box.hidden), {
    class: 'chip chip-quiet',
    'aria-expanded': 'false',
    'aria-controls': box.id,
  });

  // An open list of options handles Escape before.
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      found.show(null);
      open(false);
      opener.focus();
    }
  });

  function open(isOpen) {
    box.hidden = !isOpen;
    opener.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) {
      input.focus();
    }
  }

  return { box, opener };
}
