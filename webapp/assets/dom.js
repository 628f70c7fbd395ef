/**
 * Creates elements with the DOM only: text is never parsed as HTML, and no attribute is a style or
 * a script.
 */

const SVG = 'http://www.w3.org/2000/svg';
const SPRITE = new URL('icons.svg', import.meta.url).href;
/** The address of the product's mark. */
export const MARK = new URL('icon.svg', import.meta.url).href;
/** How long an announcement stays in the live region, in milliseconds. */
const ANNOUNCED_FOR = 10000;
let ids = 0;

/** @typedef {Node|string|number|boolean|null|undefined|Array<any>} Child no boolean is shown */

/**
 * Creates an element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Object<string, any>|null} [attributes] null, undefined and false omit an attribute, true
 *     makes it empty; `on` holds listeners by their event, `props` holds values that are set as
 *     properties
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes, ...children) {
  return made(document.createElement(tag), attributes, children);
}

/**
 * Creates an SVG element; otherwise like {@link el}.
 *
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Object<string, any>|null} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes, ...children) {
  return made(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @template {Element} Made
 * @param {Made} element
 * @param {Object<string, any>|null|undefined} attributes
 * @param {Child[]} children
 */
function made(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === 'on') {
      Object.entries(value).forEach(([event, listener]) => element.addEventListener(event, listener));
    } else if (name === 'props') {
      Object.assign(element, value);
    } else {
      attribute(element, name, value);
    }
  }
  append(element, children);
  return element;
}

/** Creates an icon of the sprite. It carries no name: the element around it has one. */
export function icon(name, className = 'icon') {
  return svg('svg', { class: className, 'aria-hidden': 'true' }, svg('use', { href: `${SPRITE}#${name}` }));
}

/** Sets an attribute, or removes it. */
export function attribute(element, name, value) {
  if (value === null || value === undefined || value === false) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * @param {Node & ParentNode} parent
 * @param {Child[]} children
 */
function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && typeof child !== 'boolean') {
      parent.append(child instanceof Node ? child : String(child));
    }
  }
}

/** Replaces all content of an element. */
export function fill(element, ...children) {
  const fragment = document.createDocumentFragment();
  append(fragment, children);
  element.replaceChildren(fragment);
  return element;
}

/**
 * Returns the button of a row's menu, or the first action of a row without a menu. Returns null if
 * there is no such row, or if it has no action.
 *
 * @param {Element} rows
 * @param {string} id of the row
 */
export function rowAction(rows, id) {
  const actions = rows.querySelector(`[data-id="${CSS.escape(id)}"] .acts`);
  return actions?.querySelector('[aria-haspopup="menu"]') ?? actions?.querySelector('.btn') ?? null;
}

/**
 * Replaces the content of an element. If the focus was inside, the menu of the same row gets it
 * afterwards, or the first action of a row without a menu, or else another element.
 *
 * @param {Element} element
 * @param {function(): Element} heir returns the element that gets the focus if that row is gone or
 *     there are no rows
 * @param {...Node} children
 */
export function refill(element, heir, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const row = focused?.closest('[data-id]')?.getAttribute('data-id');
  fill(element, ...children);
  if (focused) {
    const action = row && rowAction(element, row);
    /** @type {HTMLElement} */ (action || heir()).focus();
  }
}

/**
 * Changes an element to a new rendering of the same data, whose texts may differ, for example the age of an instant.
 * Elements stay if the structure is the same, and so do the focus, the selected text and an open table.
 *
 * @param {Element} shown
 * @param {Element} next the new rendering, in an element of any kind
 */
export function patch(shown, next) {
  const before = [...shown.childNodes];
  const after = [...next.childNodes];
  if (before.length !== after.length || before.some((node, at) => node.nodeName !== after[at].nodeName)) {
    shown.replaceChildren(...after);
    return;
  }
  before.forEach((node, at) => {
    const fresh = after[at];
    if (node instanceof Element && fresh instanceof Element) {
      // No attribute is removed: the user may have opened this element.
      [...fresh.attributes].forEach(({ name, value }) => node.getAttribute(name) === value || node.setAttribute(name, value));
      patch(node, fresh);
    } else if (node.nodeValue !== fresh.nodeValue) {
      node.nodeValue = fresh.nodeValue;
    }
  });
}

/** Returns an id that is unique on the page. */
export function newId(start) {
  ids += 1;
  return `${start}-${ids}`;
}

/** Creates the live region of a modal dialog. While the dialog is open, no other one is exposed. */
export function liveRegion() {
  return el('div', { class: 'sr live', role: 'status', 'aria-live': 'polite' });
}

/**
 * Announces a text to assistive technology, without moving the focus. A later announcement replaces
 * only an earlier one of the same topic.
 */
export function announce(text, topic = text) {
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  const region = dialog?.querySelector('.live') ?? document.getElementById('announcer');
  region.setAttribute('aria-atomic', 'false'); // only the new line is read
  for (const line of [...region.children]) {
    if (line.getAttribute('data-topic') === topic) {
      line.remove();
    }
  }
  const line = el('p', { 'data-topic': topic }, text);
  region.append(line);
  setTimeout(() => line.remove(), ANNOUNCED_FOR);
}

/** Returns true if a click requests another action than to follow the link here. */
export function isModified(event) {
  return event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
}

/**
 * Creates a note: an icon, a heading and what follows it.
 *
 * @param {{tone?: 'warn'|'bad', sign: string, role?: string, id?: string, next?: Child}} how `next`
 *     follows beside the text
 * @param {Child} heading may be missing
 * @param {...Child} content
 */
export function note({ tone, sign, role, id, next }, heading, ...content) {
  return el(
    'div',
    { class: tone ? `note note-${tone}` : 'note', id, role },
    icon(sign),
    el('div', null, heading && el('strong', null, heading), content),
    next,
  );
}

/**
 * Creates a panel with a heading.
 *
 * @param {string} id of the heading
 * @param {Child} heading
 * @param {Child} next follows beside the heading
 * @param {...Child} content
 */
export function panel(id, heading, next, ...content) {
  return el(
    'section',
    { class: 'panel', 'aria-labelledby': id },
    el('div', { class: 'bar' }, el('h2', { id }, heading), next),
    content,
  );
}

/** Creates a text for screen readers only. */
export function spoken(text) {
  return el('span', { class: 'sr' }, text);
}

/** Creates a link that looks like a button. */
export function linkButton(text, href, attributes) {
  return el('a', { class: 'btn', href, ...attributes }, text);
}

/** Creates a button that submits no form. */
export function button(text, onClick, attributes) {
  return el('button', { class: 'btn', type: 'button', on: { click: onClick }, ...attributes }, text);
}
