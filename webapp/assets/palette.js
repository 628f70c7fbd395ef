/**
 * The command palette: finds tokens, actions and pages while the user types (WAI-ARIA pattern
 * "combobox with a list"). The pages load this module when it is opened for the first time.
 */

import { Failure, page, read, tokenPage } from './api.js';
import { announce, el, fill, icon, liveRegion, newId } from './dom.js';
import { foldCase, relative } from './format.js';
import { isMac } from './shortcuts.js';
import { isLive, isOver } from './status.js';
import { texts } from './texts.js';
import { setTheme, theme, THEMES } from './theme.js';

/**
 * @typedef {object} Entry
 * @property {string} icon
 * @property {string} label
 * @property {string} [quiet] continues the label, if the typed text is not in the label
 * @property {string} [detail] is shown at the end
 * @property {string[]} [keys] the shortcut
 * @property {boolean} [isFallback] uses the typed text, and is chosen first only if nothing else is found
 * @property {string} [href] the page that it opens
 * @property {boolean} [isRare] is found only by its name
 * @property {function(): void} [run] the action that it runs, without `href`
 */

const MOST_TOKENS = 6;
const MOST_OWN = 3;
const OWN_READ = 500;
/** Time without a key press after which tokens are searched, in milliseconds. */
const PAUSE = 120;
const LIST = 'admin/access-tokens';

/** @typedef {import('./session.js').Session} Session */

/**
 * Opens the palette.
 *
 * @param {Session} session
 * @param {{create: (function(): void)|null, showShortcuts: function(): void, signOut:
 *     function(boolean): void}} actions
 */
export function openPalette(session, actions) {
  const opener = /** @type {HTMLElement|null} */ (document.activeElement);
  const listId = newId('palette');
  const input = el('input', {
    type: 'text',
    role: 'combobox',
    'aria-label': texts.palette,
    'aria-expanded': 'true',
    'aria-controls': listId,
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    maxlength: 200,
  });
  const list = el('div', { class: 'palette-list', id: listId, role: 'listbox', 'aria-label': texts.results });
  const dialog = /** @type {HTMLDialogElement} */ (
    el(
      'dialog',
      { class: 'palette', 'aria-label': texts.searchOrJump },
      el('div', { class: 'palette-input' }, icon('search', 'icon icon-large'), input, el('kbd', { 'aria-hidden': 'true' }, 'Esc')),
      list,
      el(
        'div',
        { class: 'palette-foot', 'aria-hidden': 'true' },
        hint(['↑', '↓'], texts.paletteMove),
        hint(['↵'], texts.paletteOpen),
        hint([isMac ? '⌘' : 'Ctrl', '↵'], texts.paletteOpenInTab),
      ),
      liveRegion(),
    )
  );
  /** @type {Entry[]} */
  let shown = [];
  let active = 0;
  /** True if the user has moved the choice: new results then do not change it. */
  let hasMoved = false;
  let tokens = /** @type {*[]} */ ([]);
  /** The personal tokens of the user, which are read once. */
  let own = /** @type {*[]} */ ([]);
  let searching = new AbortController();
  const reading = new AbortController();
  let timer = 0;

  input.addEventListener('input', () => {
    hasMoved = false;
    render();
    search();
  });
  input.addEventListener('keydown', onKey);
  list.addEventListener('mousedown', (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener('click', (event) => {
    const option = /** @type {Element} */ (event.target).closest('[role="option"]');
    if (option) {
      choose(shown[Number(option.id.split('-').at(-1))], event.metaKey || event.ctrlKey);
    }
  });
  list.addEventListener('mousemove', (event) => {
    const option = /** @type {Element} */ (event.target).closest('[role="option"]');
    if (option && option.getAttribute('aria-selected') === 'false') {
      hasMoved = true;
      activate(Number(option.id.split('-').at(-1)));
    }
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) {
      dialog.close();
    }
  });
  dialog.addEventListener('close', () => {
    clearTimeout(timer);
    searching.abort();
    reading.abort();
    dialog.remove();
    opener?.focus();
  });
  document.body.append(dialog);
  render();
  dialog.showModal();
  input.focus();
  readOwn();

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 };
    const isPaletteKey = event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey);
    if (event.isComposing) {
      return;
    }
    if (event.key in steps && shown.length > 0) {
      event.preventDefault();
      hasMoved = true;
      const next = active + steps[event.key];
      activate(Math.abs(steps[event.key]) === 1 ? (next + shown.length) % shown.length : Math.min(Math.max(next, 0), shown.length - 1));
    } else if (event.key === 'Enter' && shown[active]) {
      event.preventDefault();
      choose(shown[active], event.metaKey || event.ctrlKey);
    } else if (isPaletteKey) {
      event.preventDefault();
      dialog.close();
    }
  }

  /**
   * @param {Entry} entry
   * @param {boolean} inNewTab
   */
  function choose(entry, inNewTab) {
    if (entry.href && inNewTab) {
      window.open(entry.href, '_blank', 'noopener');
      return;
    }
    dialog.close();
    if (entry.href) {
      location.assign(entry.href);
    } else {
      entry.run();
    }
  }

  /** @param {number} index */
  function activate(index) {
    list.querySelector('[aria-selected="true"]')?.setAttribute('aria-selected', 'false');
    active = index;
    const option = document.getElementById(`${listId}-${index}`);
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    if (option) {
      input.setAttribute('aria-activedescendant', option.id);
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  }

  function render() {
    const text = input.value.trim();
    const chosen = shown[active];
    const found = (entries) => entries.filter((entry) => matches(entry.label, text) && !(entry.isRare && text === ''));
    const groups = /** @type {[string, Entry[]][]} */ ([
      [texts.tokensHeading, text === '' ? [] : tokens.map(tokenEntry)],
      [texts.personalTokens, text === '' ? [] : ownFor(text).map(ownEntry)],
      [texts.actionsColumn, [...found(generalActions()), ...actionsFor(text)]],
      [texts.pagesHeading, [...found(pages()), ...pagesFor(text)]],
    ]).filter(([, entries]) => entries.length > 0);
    shown = groups.flatMap(([, entries]) => entries);
    let index = 0;
    fill(
      list,
      groups.map(([heading, entries]) => {
        const headingId = newId('palette-group');
        return el(
          'div',
          { role: 'group', 'aria-labelledby': headingId },
          el('div', { id: headingId, role: 'presentation' }, heading),
          entries.map((entry) => option(entry, index++, text)),
        );
      }),
      shown.length === 0 && el('p', { class: 'palette-none quiet' }, texts.nothingFound),
    );
    const first = Math.max(shown.findIndex((entry) => !entry.isFallback), 0);
    const kept = hasMoved ? shown.findIndex((entry) => entry.label === chosen?.label && entry.href === chosen.href) : -1;
    activate(kept >= 0 ? kept : first);
  }

  /**
   * @param {Entry} entry
   * @param {number} index
   * @param {string} text
   */
  function option(entry, index, text) {
    return el(
      'div',
      { role: 'option', 'aria-selected': 'false', id: `${listId}-${index}` },
      icon(entry.icon),
      el('span', { class: 'clip' }, marked(entry.label, text), entry.quiet && !matches(entry.label, text) && el('span', { class: 'quiet' }, ' ', marked(entry.quiet, text))),
      el(
        'span',
        { class: 'push' },
        entry.detail && el('span', { class: 'clip' }, entry.detail),
        (entry.keys ?? []).map((key) => el('kbd', { 'aria-hidden': 'true' }, key)),
        el('kbd', { class: 'enter', 'aria-hidden': 'true' }, '↵'),
      ),
    );
  }

  async function readOwn() {
    if (session.mayOwn('read')) {
      const answer = await read('personal', { limit: OWN_READ }, reading.signal).catch(() => ({ tokens: [] }));
      own = answer.tokens;
      render();
    }
  }

  /** Returns the personal tokens whose name or prefix contains the text. */
  function ownFor(text) {
    return own.filter((token) => matches(`${token.name} ${token.prefix}`, text)).slice(0, MOST_OWN);
  }

  /** Searches tokens. The previous result stays until the next one arrives. */
  function search() {
    clearTimeout(timer);
    searching.abort();
    const q = input.value.trim();
    if (q === '' || !session.may('read')) {
      tokens = [];
      return;
    }
    searching = new AbortController();
    const { signal } = searching;
    timer = window.setTimeout(async () => {
      try {
        const answer = await read('service', { q, limit: MOST_TOKENS, sort: '-lastUsedAt' }, signal);
        tokens = answer.tokens;
        render();
        announce(texts.tokensFound(tokens.length + ownFor(q).length), 'palette');
      } catch (e) {
        if (e instanceof Failure) {
          tokens = [];
          render();
        } else if (e.name !== 'AbortError') {
          throw e;
        }
      }
    }, PAUSE);
  }

  /** @returns {Entry[]} */
  function generalActions() {
    const others = THEMES.filter((it) => it !== theme());
    return [
      actions.create && { icon: 'plus', label: texts.createServiceToken, keys: ['C'], run: actions.create },
      session.mayOwn('write') && { icon: 'plus', label: texts.createPersonalToken, href: `${page('settings/personal-tokens')}#create` },
      ...others.map((it) => ({ icon: 'sun', label: texts.useTheme(texts.themes[it]), run: () => setTheme(it) })),
      { icon: 'term', label: texts.keyboardShortcuts, keys: ['?'], run: actions.showShortcuts },
      { icon: 'exit', label: texts.signOut, run: () => actions.signOut(false) },
      { icon: 'exit', label: texts.signOutEverywhere, isRare: true, run: () => actions.signOut(true) },
    ].filter((entry) => entry);
  }

  /** Returns actions on the first token, and with the typed text as a name. @returns {Entry[]} */
  function actionsFor(text) {
    const [first] = tokens;
    const isUsable = text !== '' && first && isLive(first);
    const isName = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);
    return [
      isUsable && session.mayTo('write', first) && { icon: 'rotate', label: texts.rotateOne(first.name), href: tokenPage(first.id, '#rotate') },
      isUsable && session.mayTo('revoke', first) && { icon: 'ban', label: texts.revokeOne(first.name), href: tokenPage(first.id, '#revoke') },
      session.may('write') && isName && { icon: 'plus', label: texts.createNamed(text), isFallback: true, href: page(LIST, { create: 'true', name: text }) },
    ].filter((entry) => entry);
  }

  /** Returns pages that use the typed text. @returns {Entry[]} */
  function pagesFor(text) {
    if (text === '' || !session.may('read')) {
      return [];
    }
    const [first] = tokens;
    return [
      first && { icon: 'list', label: texts.auditOf(first.name), href: page(`${LIST}/audit`, { token: first.id }) },
      { icon: 'search', label: texts.searchAllFor(text), isFallback: true, href: page(LIST, { q: text }) },
    ].filter((entry) => entry);
  }
}

/** @param {*} token @returns {Entry} */
function tokenEntry(token) {
  const use = token.lastUsedAt ? relative(token.lastUsedAt) : texts.neverUsed;
  return {
    icon: 'key',
    label: token.name,
    quiet: token.description,
    detail: `${token.groupDisplayName || token.groupEntityRef}, ${isOver(token) ? texts.statuses[token.status] : use}`,
    href: tokenPage(token.id),
  };
}

/** @param {*} token a personal token of the user @returns {Entry} */
function ownEntry(token) {
  const use = token.lastUsedAt ? relative(token.lastUsedAt) : texts.neverUsed;
  return {
    icon: 'user',
    label: token.name,
    quiet: token.prefix,
    detail: isOver(token) ? texts.statuses[token.status] : use,
    href: page(`settings/personal-tokens/${encodeURIComponent(token.id)}`),
  };
}

/** Returns the pages of the header and of the account menu. @returns {Entry[]} */
function pages() {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('.tabs li a'));
  const tabs = [...links].filter((link) => link.checkVisibility());
  return [
    ...tabs.map((link) => ({ icon: 'right', label: texts.tabs[link.parentElement.dataset.tab], href: link.href })),
    { icon: 'right', label: texts.sessions, href: page(`${LIST}/sessions`) },
    { icon: 'right', label: texts.recentMessages, href: `${page(`${LIST}/sessions`)}#messages` },
    { icon: 'right', label: texts.apiReference, href: page(`${LIST}/api`) },
  ];
}

/**
 * Returns true if a label contains each word of the text.
 *
 * @param {string} label
 * @param {string} text
 */
function matches(label, text) {
  const inLabel = foldCase(label);
  return foldCase(text).split(/\s+/).every((word) => inLabel.includes(word));
}

/**
 * Marks the words of the text in a label.
 *
 * @param {string} label
 * @param {string} text
 */
function marked(label, text) {
  const inLabel = foldCase(label);
  const words = foldCase(text).split(/\s+/).filter((word) => word);
  const parts = [];
  let from = 0;
  while (from < label.length && inLabel.length === label.length) {
    const hits = words.map((word) => ({ at: inLabel.indexOf(word, from), word })).filter((hit) => hit.at >= 0);
    if (hits.length === 0) {
      break;
    }
    const { at, word } = hits.reduce((first, hit) => (hit.at < first.at ? hit : first));
    parts.push(label.slice(from, at), el('mark', null, label.slice(at, at + word.length)));
    from = at + word.length;
  }
  return [...parts, label.slice(from)];
}

/**
 * @param {string[]} keys
 * @param {string} text
 */
function hint(keys, text) {
  return el('span', null, keys.map((key) => el('kbd', null, key)), ' ', text);
}
