/** The bar below a table, with the visible range and links to the neighboring pages. */

import { el, fill, isModified } from './dom.js';
import { number } from './format.js';
import { texts } from './texts.js';

/**
 * @param {string} label of the navigation
 * @param {function(string, string, string): (string|Array)} range returns the text of the visible
 *     range: from, to, total
 * @param {function(number): void} onGo called with the offset of the page to show
 */
export function pager(label, range, onGo) {
  const where = el('p');
  const pages = el('span', { class: 'wide-only' });
  const previous = link(texts.previous, 'prev');
  const next = link(texts.next, 'next');
  const moves = el('div', { class: 'row' }, pages, previous, next);
  const element = el('nav', { class: 'bar bar-foot', 'aria-label': label }, where, moves);

  function link(text, rel) {
    return el('a', { class: 'btn btn-small', rel, on: { click: follow } }, text);
  }

  function follow(event) {
    const target = event.currentTarget;
    if (target.hasAttribute('href') && !isModified(event)) {
      event.preventDefault();
      onGo(Number(target.dataset.offset));
    }
  }

  function aim(target, offset, address) {
    if (offset === null) {
      const focused = target === document.activeElement;
      target.removeAttribute('href');
      target.setAttribute('aria-disabled', 'true');
      if (focused) {
        // A disabled link loses the focus, so the other link gets it.
        (target === next ? previous : next).focus();
      }
    } else {
      target.dataset.offset = offset;
      target.href = address(offset);
      target.removeAttribute('aria-disabled');
    }
  }

  /**
   * @param {{shown: number, offset: number, limit: number, total: number, isLowerBound: boolean,
   *     hasNext: boolean}} part
   * @param {function(number): string} address returns the address of the page at an offset
   */
  function update(part, address) {
    const { offset, limit, total, isLowerBound, hasNext } = part;
    const all = isLowerBound ? texts.moreThan(number(total)) : number(total);
    fill(where, range(number(offset + 1), number(offset + part.shown), all));
    const current = Math.floor(offset / limit) + 1;
    pages.textContent = isLowerBound
      ? texts.page(number(current))
      : texts.pageOf(number(current), number(Math.max(1, Math.ceil(total / limit))));
    const later = hasNext ? offset + limit : null;
    const earlier = offset > 0 ? Math.max(0, offset - limit) : null;
    // Updates the enabled link first, because it may have to get the focus.
    for (const [target, at] of earlier === null ? [[next, later], [previous, earlier]] : [[previous, earlier], [next, later]]) {
      aim(target, at, address);
    }
    moves.hidden = later === null && earlier === null;
  }

  return { element, update };
}

/**
 * Creates a pager for lists whose offset is a parameter of the address.
 *
 * @param {string} label
 * @param {Parameters<typeof pager>[1]} range
 * @param {{url: ReturnType<typeof import('./location.js').urlState>, name: string, limit: number, load:
 *     function(): any}} how the state of the page in its address, the name of the parameter, the
 *     number of rows of a page, and a function that loads the list again
 */
export function offsetPager(label, range, { url, name, limit, load }) {
  const stateAt = (offset) => ({ [name]: offset > 0 ? String(offset) : '' });
  const { element, update } = pager(label, range, (offset) => {
    url.push(stateAt(offset));
    load();
  });
  return {
    element,
    /** Returns the offset in the address. */
    offset: () => Number.parseInt(url.current()[name], 10) || 0,
    /** Shows the range of the rows that were loaded. */
    update: (shown, offset, total) =>
      update({ shown, offset, limit, total, isLowerBound: false, hasNext: offset + shown < total }, (at) => url.address(stateAt(at))),
  };
}
