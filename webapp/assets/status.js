/** Shows a status by a shape and a word. */

import { el } from './dom.js';
import { texts } from './texts.js';

export function chip(status) {
  return el('span', { class: `chip chip-${status}` }, texts.statuses[status] ?? status);
}
