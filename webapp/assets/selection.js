/** Selected rows, to revoke several tokens at once. */

import { button, el, fill } from './dom.js';
import { number } from './format.js';
import { texts } from './texts.js';

/**
 * @param {{body: Element, bar: Element, onRevoke: function(object[]), onClear: function()}} what
 *     the rows, the bar above them, and the functions that revoke the selection and react to its
 *     end
 */
export function selection({ body, bar, onRevoke, onClear }) {
  const [status, side] = bar.children;
  const inHead = all();
  const inBar = all();
  let tokens = [];

  function all() {
    return el('input', { type: 'checkbox', name: 'all', on: { change: (event) => choose(event.target.checked) } });
  }

  function boxes() {
    return [...body.querySelectorAll('input[name="id"]:not(:disabled)')];
  }

  function choose(checked) {
    boxes().forEach((box) => {
      box.checked = checked;
    });
    update();
  }

  function update() {
    const offered = boxes();
    const chosen = offered.filter((box) => box.checked);
    for (const box of [inHead, inBar]) {
      box.checked = chosen.length > 0 && chosen.length === offered.length;
      box.indeterminate = chosen.length > 0 && chosen.length < offered.length;
      box.disabled = offered.length === 0;
    }
    const isSelecting = chosen.length > 0;
    bar.classList.toggle('is-selecting', isSelecting);
    if (isSelecting) {
      const ids = new Set(chosen.map((box) => box.value));
      const these = tokens.filter((token) => ids.has(token.id));
      fill(status, el('strong', null, number(chosen.length)), ' ', texts.ofThisPage(number(tokens.length)));
      fill(
        side,
        button(texts.clearSelection, () => clear(), { class: 'btn btn-small' }),
        button(texts.revokeMany(chosen.length), () => onRevoke(these), { class: 'btn btn-small btn-danger' }),
      );
    } else {
      onClear();
    }
    side.prepend(el('label', { class: 'row only-cards' }, inBar, ` ${texts.selectAll}`));
  }

  function clear() {
    choose(false);
    inHead.focus();
  }

  body.addEventListener('change', update);
  return {
    /** Creates the heading of the checkbox column. */
    heading: () =>
      el(
        'th',
        { role: 'columnheader', scope: 'col' },
        el('label', { class: 'check' }, inHead, el('span', { class: 'sr' }, texts.selectAll)),
      ),
    /** Creates the checkbox of a token; disabled if it is revoked or the user may not revoke it. */
    cell: (token, mayRevoke) =>
      el(
        'td',
        { role: 'cell', class: 'at-check' },
        el(
          'label',
          { class: 'check' },
          el('input', {
            type: 'checkbox',
            name: 'id',
            value: token.id,
            disabled: token.status === 'revoked' || !mayRevoke,
          }),
          el('span', { class: 'sr' }, texts.selectOne(token.name)),
        ),
      ),
    /** Sets the rows that are shown; none of them is selected. */
    reset(shown) {
      tokens = shown;
      update();
    },
  };
}
