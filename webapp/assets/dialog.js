/** Modal dialogs: each is made when it is opened, and nothing of it stays when it is closed. */

import { el, newId } from './dom.js';

/**
 * Opens a dialog.
 *
 * @param {{title: string, form?: boolean, slim?: boolean, body: Node[], foot: Node[],
 *     describedBy?: string, onSubmit?: function(), mayClose?: function(): boolean}} what
 *     `mayClose` is asked when somebody wants to leave by Escape or by a click outside
 * @returns {{element: HTMLDialogElement, close: function()}}
 */
export function openDialog(what) {
  const opener = document.activeElement;
  const titleId = newId('dialog-title');
  const sheet = el(
    what.onSubmit ? 'form' : 'div',
    { class: 'sheet', novalidate: what.onSubmit ? true : null },
    el('div', { class: 'title' }, el('h2', { id: titleId }, what.title)),
    el('div', { class: 'body stack' }, what.body),
    el('div', { class: 'foot' }, what.foot),
  );
  const dialog = el(
    'dialog',
    {
      class: what.slim ? 'slim' : null,
      // A second Escape would close it whatever the page says: see keydown below.
      closedby: 'none',
      'aria-labelledby': titleId,
      'aria-describedby': what.describedBy,
    },
    sheet,
  );

  function close() {
    if (dialog.open) {
      dialog.close();
    }
  }
  function leave() {
    if (!what.mayClose || what.mayClose()) {
      close();
    }
  }

  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      leave();
    }
  });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    leave();
  });
  // A press that begins inside, as when text is selected, is no wish to leave.
  let pressedOutside = false;
  dialog.addEventListener('pointerdown', (event) => {
    pressedOutside = event.target === dialog;
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog && pressedOutside) {
      leave();
    }
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    (what.focusAfter?.() ?? opener)?.focus?.();
  });
  if (what.onSubmit) {
    sheet.addEventListener('submit', (event) => {
      event.preventDefault();
      what.onSubmit();
    });
  }
  document.body.append(dialog);
  dialog.showModal();
  return { element: dialog, close };
}
