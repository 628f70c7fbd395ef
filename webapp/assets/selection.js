/** Selected tokens, to revoke several at once. A bar at the bottom of the window shows them. */

import { button, el, fill, icon } from './dom.js';
import { number } from './format.js';
import { texts } from './texts.js';
import { readTokens } from './use.js';

/** The number of tokens that the API lists at most in one call. */
const PAGE = 500;

/**
 * Creates the selection of a table.
 *
 * @param {{body: Element, mayRevoke: function(object): boolean, filter: function(): {query: object,
 *     text: string}, onRevoke: function(object[], string=): void, onFailure: function(Error): void}}
 *     what the rows; a function that returns true if the user may revoke a token; one that returns
 *     the API parameters of all tokens that match and describes the filter; one that revokes the
 *     selected tokens, and receives the description of the filter if all of its tokens were selected;
 *     and one that reports a failure
 */
export function selection({ body, mayRevoke, filter, onRevoke, onFailure }) {
  const inHead = /** @type {HTMLInputElement} */ (
    el('input', { type: 'checkbox', name: 'all', on: { change: () => choosePage(inHead.checked) } })
  );
  const status = el('p', { role: 'status' });
  const all = el('span');
  const revoke = el('span', { class: 'row' });
  const bar = el('div', { class: 'selection', role: 'group', 'aria-label': texts.selection, hidden: true }, status, all, revoke);
  /** @type {Map<string, object>} the selected tokens by their ids; some may be on other pages */
  let chosen = new Map();
  let tokens = [];
  let total = { total: 0, totalIsLowerBound: false };
  /** Describes the filter whose tokens were all selected; undefined if they were not. */
  let allOf;
  let loading = null;

  /** @returns {HTMLInputElement[]} */
  function boxes() {
    return /** @type {HTMLInputElement[]} */ ([...body.querySelectorAll('input[name="id"]:not(:disabled)')]);
  }

  function choosePage(checked) {
    boxes().forEach((box) => choose(box.value, checked));
    update();
  }

  function choose(id, checked) {
    if (checked) {
      chosen.set(id, tokens.find((token) => token.id === id));
    } else {
      chosen.delete(id);
      allOf = undefined;
    }
  }

  function update() {
    const offered = boxes();
    offered.forEach((box) => {
      box.checked = chosen.has(box.value);
    });
    const here = offered.filter((box) => box.checked).length;
    inHead.checked = here > 0 && here === offered.length;
    inHead.indeterminate = here > 0 && here < offered.length;
    inHead.disabled = offered.length === 0;
    const wasHidden = bar.hidden;
    bar.hidden = chosen.size === 0;
    if (bar.hidden && wasHidden) {
      return;
    }
    fill(status, el('strong', null, texts.selected(number(chosen.size))), allOf !== undefined && ` ${texts.allThatMatch}`);
    fill(all, offer());
    fill(
      revoke,
      button([icon('ban'), texts.revokeMany(chosen.size, number(chosen.size))], () => onRevoke([...chosen.values()], allOf), {
        class: 'btn btn-small btn-danger',
      }),
      button(icon('x'), clear, { class: 'btn btn-small btn-icon btn-bare', 'aria-label': texts.clearSelection }),
    );
  }

  /** Offers to select all tokens that match, if there are more than on this page. */
  function offer() {
    if (loading || allOf !== undefined || total.total <= tokens.length) {
      return null;
    }
    return total.totalIsLowerBound
      ? el('span', { class: 'quiet' }, texts.tooManyToSelect(number(total.total)))
      : button(texts.selectAllMatching(number(total.total)), chooseAll, { class: 'link' });
  }

  /** Loads all tokens that match, and selects those that the user may revoke. */
  async function chooseAll() {
    const stop = new AbortController();
    const { query, text } = filter(); // the order can change while the tokens are loading
    loading = stop;
    const found = new Map();
    try {
      let after = '';
      do {
        fill(all, el('span', { class: 'quiet' }, texts.loadingTokens(number(found.size), number(total.total))));
        const answer = await readTokens({ ...query, after, limit: PAGE }, stop.signal);
        answer.tokens.forEach((token) => found.set(token.id, token));
        after = answer.next ?? '';
      } while (after);
      chosen = new Map([...found].filter(([, token]) => isRevocable(token)));
      allOf = text;
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      onFailure(e);
    } finally {
      if (loading === stop) {
        loading = null;
      }
    }
    update();
    /** @type {HTMLElement} */ (revoke.firstElementChild)?.focus();
  }

  function isRevocable(token) {
    return token.status !== 'revoked' && mayRevoke(token);
  }

  function clear() {
    const focused = bar.contains(document.activeElement);
    loading?.abort();
    loading = null;
    chosen = new Map();
    allOf = undefined;
    update();
    if (focused) {
      inHead.focus();
    }
  }

  body.addEventListener('change', (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    if (box.name === 'id') {
      choose(box.value, box.checked);
      update();
    }
  });
  return {
    /** The bar of the selection. */
    element: bar,
    clear,
    /** Creates the heading of the checkbox column. */
    heading: () =>
      el(
        'th',
        { role: 'columnheader', scope: 'col', class: 'c-check' },
        el('label', { class: 'check' }, inHead, el('span', { class: 'sr' }, texts.selectAll)),
      ),
    /** Creates the checkbox of a token; disabled if it is revoked or the user may not revoke it. */
    cell: (token) =>
      el(
        'td',
        { role: 'cell', class: 'c-check' },
        el(
          'label',
          { class: 'check' },
          el('input', { type: 'checkbox', name: 'id', value: token.id, disabled: !isRevocable(token) }),
          el('span', { class: 'sr' }, texts.selectOne(token.name)),
        ),
      ),
    /**
     * Sets the rows that are shown. The selected ones stay selected, unless they can no longer be
     * revoked.
     *
     * @param {{tokens: object[], total: number, totalIsLowerBound?: boolean}} page
     */
    show(page) {
      tokens = page.tokens;
      total = { total: page.total, totalIsLowerBound: Boolean(page.totalIsLowerBound) };
      for (const token of tokens.filter(({ id }) => chosen.has(id))) {
        if (isRevocable(token)) {
          chosen.set(token.id, token);
        } else {
          chosen.delete(token.id);
        }
      }
      update();
    },
  };
}
