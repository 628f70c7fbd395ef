/**
 * Saved views of the list: names for sets of filters, with the number of tokens in each. The user's
 * own views are kept in this browser.
 */

import { storageKey } from './api.js';
import { button, el, fill, icon, isModified } from './dom.js';
import { number } from './format.js';
import { mayBeToken } from './location.js';
import { menuButton } from './menu.js';
import { onDemand } from './ondemand.js';
import { texts } from './texts.js';
import { FILTERS, hasMyGroups, MY_GROUPS, ROTATING } from './use.js';

/** @typedef {{id: string, name: string, state: Object<string, string>, own?: boolean}} View */

const KEY = storageKey('views');
const MOST = 12;
const NAME_LIMIT = 40;

const ALL = { id: 'all', name: texts.all, state: {} };

/** @param {import('./session.js').Session} session */
function builtIn(session) {
  return [
    ALL,
    ...(hasMyGroups(session) ? [{ id: 'mine', name: texts.myGroups, state: { groupEntityRef: MY_GROUPS } }] : []),
    { id: 'expiring', name: texts.statusFilters.expiring, state: { status: 'expiring' } },
    { id: 'rotating', name: texts.rotating, state: { status: ROTATING } },
    { id: 'unused', name: texts.notInUse, state: { used: 'none' } },
    { id: 'revoked', name: texts.statuses.revoked, state: { status: 'revoked' } },
  ];
}

/**
 * Creates the row of views.
 *
 * @param {import('./session.js').Session} session
 * @param {{current: function(): Object<string, string>, address: function(Object<string, string>):
 *     string, go: function(Object<string, string>): void, count: function(Object<string, string>):
 *     Promise<{total: number, totalIsLowerBound?: boolean}>}} list the state of the list in the
 *     address; a function that returns the address for a state; one that shows a state; and one that
 *     counts its tokens
 */
export function savedViews(session, { current, address, go, count }) {
  const element = el('nav', { class: 'views', 'aria-label': texts.views });
  /** @type {Map<string, string>} the counts by the state that they belong to */
  const counts = new Map();
  let counting = 0;

  /** @returns {View[]} */
  function all() {
    return [...builtIn(session), ...stored(session.subject)];
  }

  /** @param {View} view */
  function stateOf({ state }) {
    return { ...Object.fromEntries(FILTERS.map((name) => [name, ''])), offset: '', ...state };
  }

  /** Returns the view with the most conditions that the list meets. */
  function currentView() {
    const now = current();
    const conditions = (/** @type {View} */ view) => Object.entries(view.state);
    return all()
      .filter((view) => conditions(view).every(([name, value]) => (now[name] ?? '') === value))
      .reduce((best, view) => (conditions(view).length >= conditions(best).length && view !== best ? view : best), ALL);
  }

  function render() {
    const active = currentView();
    const focused = /** @type {HTMLElement|null} */ (element.contains(document.activeElement) ? document.activeElement : null)?.dataset.view;
    fill(
      element,
      all().map((view) => [link(view, view.id === active.id), view.own && view.id === active.id && changes(view)]),
      button([icon('plus'), texts.saveView], save, { class: null, 'data-view': 'save' }),
    );
    const heir = focused && element.querySelector(`[data-view="${CSS.escape(focused)}"]`);
    /** @type {HTMLElement|null} */ (heir)?.focus();
  }

  /**
   * @param {View} view
   * @param {boolean} isCurrent
   */
  function link(view, isCurrent) {
    const target = stateOf(view);
    return el(
      'a',
      {
        href: address(target),
        'aria-current': isCurrent ? 'true' : null,
        'data-view': view.id,
        on: {
          click(event) {
            if (!isModified(event)) {
              event.preventDefault();
              go(target);
            }
          },
        },
      },
      view.name,
      ' ',
      el('span', { class: 'n' }, counts.get(view.id) ?? ''),
    );
  }

  /** @param {View} view */
  function changes(view) {
    return menuButton(
      texts.moreOfView(view.name),
      [
        { label: texts.renameView, icon: 'edit', onSelect: () => rename(view) },
        { label: texts.updateView, icon: 'filter', onSelect: () => change(view.id, (it) => ({ ...it, state: kept() })) },
        null,
        { label: texts.deleteView, icon: 'x', danger: true, onSelect: () => change(view.id, () => null) },
      ],
      { 'data-view': `${view.id}-more` },
    );
  }

  /** The part of the list's state that a view keeps: filters and order. */
  function kept() {
    const now = current();
    return Object.fromEntries([...FILTERS, 'sort'].filter((name) => now[name]).map((name) => [name, now[name]]));
  }

  function save() {
    askName(texts.saveView, '', (name) => {
      const view = { id: `own-${Date.now().toString(36)}`, name, state: kept(), own: true };
      store(session.subject, [...stored(session.subject), view]);
      render();
      refresh();
    });
  }

  /** @param {View} view */
  function rename(view) {
    askName(texts.renameView, view.name, (name) => change(view.id, (it) => ({ ...it, name })));
  }

  /**
   * @param {string} id
   * @param {function(View): View|null} changed null removes the view
   */
  function change(id, changed) {
    store(
      session.subject,
      stored(session.subject)
        .map((view) => (view.id === id ? changed(view) : view))
        .filter((view) => view),
    );
    render();
    refresh();
  }

  /** Asks for the name of a view. */
  const askName = onDemand(
    () => Promise.all([import('./dialog.js'), import('./fields.js')]),
    ([{ openDialog }, { field }], title, before, done) => openNameDialog(openDialog, field, title, before, done),
  );

  /**
   * @param {typeof import('./dialog.js').openDialog} openDialog
   * @param {typeof import('./fields.js').field} field
   * @param {string} title
   * @param {string} before
   * @param {function(string): void} done
   */
  function openNameDialog(openDialog, field, title, before, done) {
    const input = /** @type {HTMLInputElement} */ (
      el('input', { class: 'input', name: 'view', autocomplete: 'off', maxlength: NAME_LIMIT, value: before, required: true })
    );
    const name = field({
      name: 'view',
      label: texts.name,
      control: input,
      hint: () => texts.viewHint,
      check(value) {
        const wanted = value.trim();
        if (!wanted) {
          return texts.viewNameMissing;
        }
        if (mayBeToken(wanted)) {
          return texts.viewNameIsToken;
        }
        if (!before && stored(session.subject).length >= MOST) {
          return texts.tooManyViews(MOST);
        }
        return wanted !== before && all().some((view) => view.name.toLowerCase() === wanted.toLowerCase()) ? texts.viewNameTaken : '';
      },
    });
    const dialog = openDialog({
      title,
      slim: true,
      body: [name.element],
      foot: [
        button(texts.cancel, () => dialog.close()),
        el('button', { class: 'btn btn-primary', type: 'submit' }, texts.save),
      ],
      onSubmit() {
        if (!name.verify()) {
          name.focus();
          return;
        }
        dialog.close();
        done(input.value.trim());
      },
    });
    input.select();
    name.focus();
  }

  /** Counts the tokens of each view, one view after the other, while the browser is idle. */
  async function refresh() {
    counting += 1;
    const round = counting;
    for (const view of all()) {
      await idle();
      if (round !== counting) {
        return;
      }
      try {
        const { total, totalIsLowerBound } = await count(stateOf(view));
        counts.set(view.id, totalIsLowerBound ? texts.overCount(number(total)) : number(total));
      } catch {
        counts.delete(view.id); // the view works without its number
      }
      const shown = element.querySelector(`[data-view="${CSS.escape(view.id)}"] .n`);
      if (shown) {
        shown.textContent = counts.get(view.id) ?? '';
      }
    }
  }

  return { element, render, refresh };
}

function idle() {
  return new Promise((resolve) => {
    (window.requestIdleCallback ?? setTimeout)(resolve);
  });
}

/**
 * @param {string} subject
 * @returns {View[]} the views of this user in this browser; each has an order, which is empty for the default one
 */
function stored(subject) {
  try {
    const views = JSON.parse(localStorage.getItem(KEY))?.[subject];
    return (Array.isArray(views) ? views : []).filter(isView).map((view) => ({ ...view, own: true, state: { sort: '', ...view.state } }));
  } catch {
    return [];
  }
}

/** @param {any} view */
function isView(view) {
  return (
    typeof view?.id === 'string' &&
    typeof view.name === 'string' &&
    Object.entries(view.state ?? {}).every(([name, value]) => [...FILTERS, 'sort'].includes(name) && typeof value === 'string')
  );
}

/**
 * @param {string} subject
 * @param {View[]} views
 */
function store(subject, views) {
  try {
    const all = JSON.parse(localStorage.getItem(KEY)) ?? {};
    localStorage.setItem(KEY, JSON.stringify({ ...all, [subject]: views }));
  } catch {
    // Storage is blocked or full: the view is not kept.
  }
}
