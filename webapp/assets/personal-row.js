/** The rows of tables of personal tokens. */

import { copyFromMenu } from './copyable.js';
import { button, el } from './dom.js';
import { day, number, relative, time, timeOrDay } from './format.js';
import { actionGroup, menuButton } from './menu.js';
import { chip, graceLine, isDue, isOver } from './status.js';
import { texts } from './texts.js';

const BONES = 3;

/** The columns, with the classes that set their widths. */
const COLUMNS = [
  ['o-name', texts.name],
  ['o-scopes', texts.scopes],
  ['o-status', texts.status],
  ['o-expires', texts.expires],
  ['o-used', texts.lastUsed],
  ['o-created', texts.created],
];

/**
 * Creates a table of personal tokens.
 *
 * @param {string} caption
 * @param {Element} body
 */
export function personalTable(caption, body) {
  return actionTable('own-tokens', caption, COLUMNS, 'o-acts', body);
}

/**
 * Creates a table whose last column has the actions.
 *
 * @param {string} className
 * @param {string} caption
 * @param {string[][]} columns the class and the heading of each column before the actions
 * @param {string} actionsClass the class of the last column
 * @param {Element} body
 */
export function actionTable(className, caption, columns, actionsClass, body) {
  return el(
    'table',
    { class: `table fixed stackable ${className}`, role: 'table' },
    el('caption', { class: 'sr' }, caption),
    el(
      'thead',
      { role: 'rowgroup' },
      el(
        'tr',
        { role: 'row' },
        columns.map(([column, text]) => el('th', { role: 'columnheader', scope: 'col', class: column }, text)),
        el('th', { role: 'columnheader', scope: 'col', class: actionsClass }, el('span', { class: 'sr' }, texts.actionsColumn)),
      ),
    ),
    body,
  );
}

/** Creates rows that stand for tokens until they are loaded. They are as high as those of tokens. */
export function bones() {
  return Array.from({ length: BONES }, () =>
    el(
      'tr',
      { role: 'row', 'aria-hidden': 'true' },
      COLUMNS.map(([className]) =>
        el('td', { role: 'cell', class: className }, bone(), el('span', { class: 'sub' }, bone())),
      ),
      el('td', { role: 'cell', class: 'o-acts' }),
    ),
  );
}

function bone() {
  return el('span', { class: 'skeleton' });
}

/**
 * Creates the row of a personal token.
 *
 * @param {object} token
 * @param {{href?: string, onRevoke?: function(): void, onRotate?: function(): void}} what the
 *     address of the token's page, and functions that open the dialogs
 */
export function personalRow(token, { href, onRevoke, onRotate }) {
  const nameId = `p-${token.id}`;
  const isRevoked = token.status === 'revoked';
  const name = { class: 'clip', id: nameId, title: token.name };
  return el(
    'tr',
    { role: 'row', 'data-id': token.id, class: isOver(token) ? 'is-over' : null },
    el(
      'th',
      { role: 'rowheader', scope: 'row' },
      el('div', { class: 'name' }, href ? el('a', { ...name, href }, token.name) : el('strong', name, token.name)),
      el('span', { class: 'sub' }, el('code', null, token.prefix)),
    ),
    cell(texts.scopes, scopes(token, href), 'any'),
    cell('', [
      chip(token),
      isRevoked ? el('span', { class: 'sub' }, time(token.revokedAt, relative)) : href && graceLine(token, `${href}#secrets`),
    ]),
    cell(texts.expires, expiry(token, isRevoked)),
    cell(texts.lastUsed, lastUse(token)),
    cell(texts.created, time(token.createdAt)),
    el('td', { role: 'cell', class: 'at-end' }, actions()),
  );

  function actions() {
    const menu = menuButton(texts.moreActions, items, { 'aria-describedby': nameId });
    const looks = { class: 'btn btn-small btn-bare btn-danger', 'aria-describedby': nameId };
    const revoke = onRevoke && button(texts.revoke, onRevoke, looks);
    return actionGroup(texts.actionsFor(token.name), revoke ? [revoke, menu] : [menu]);

    function items() {
      return [
        { label: texts.copyId, icon: 'copy', onSelect: () => copyFromMenu(token.id, texts.tokenId, menu) },
        { label: texts.copyPrefix, icon: 'copy', onSelect: () => copyFromMenu(token.prefix, texts.prefix, menu) },
        ...(onRotate || href || onRevoke ? [null] : []),
        ...(onRotate ? [{ label: `${texts.rotate}…`, icon: 'rotate', onSelect: onRotate }] : []),
        ...(href ? [{ label: texts.auditOne, icon: 'list', href: `${href}#audit` }] : []),
        ...(onRevoke ? [{ label: `${texts.revoke}…`, icon: 'ban', onSelect: onRevoke, danger: true }] : []),
      ];
    }
  }
}

function cell(label, content, className = null) {
  return el('td', { role: 'cell', 'data-label': label || null, class: className }, content);
}

function scopes({ scopes: given = [] }, href) {
  if (given.length === 0) {
    return el('span', { class: 'quiet' }, href ? texts.readsAsI : texts.readsAsUser);
  }
  const others = texts.andMore(number(given.length - 1));
  return [
    el('code', { class: 'clip', title: given[0] }, given[0]),
    given.length > 1 &&
      el('span', { class: 'sub' }, href ? el('a', { href: `${href}#scopes`, title: given.slice(1).join('\n') }, others) : others),
  ];
}

function expiry(token, isRevoked) {
  const { expiresAt, status } = token;
  if (isRevoked) {
    return '–';
  }
  const left = time(expiresAt, relative);
  return [status === 'expiring' && isDue(token) ? el('strong', { class: 'warn' }, left) : left, el('span', { class: 'sub' }, day(expiresAt))];
}

function lastUse({ lastUsedAt }) {
  return lastUsedAt
    ? [time(lastUsedAt, relative), el('span', { class: 'sub' }, timeOrDay(lastUsedAt))]
    : el('span', { class: 'quiet' }, texts.never);
}
