/** The rows of the list of service tokens: columns, cells, and the menu of each row. */

import { tokenPage } from './api.js';
import { copyFromMenu } from './copyable.js';
import { button, el } from './dom.js';
import { actor, day, DAY_MILLIS, dayMonth, group, number, relative, shortRef, time, timeOrDay } from './format.js';
import { actionGroup, menuButton } from './menu.js';
import { chip, graceLine, isDue, isOver } from './status.js';
import { texts } from './texts.js';
import { expiryText } from './use.js';

const SCOPES_SHOWN = 2;
const WEEK = 7 * DAY_MILLIS;

/**
 * The columns after the check boxes; `first` is the order after the first click.
 *
 * @type {{sort?: string, label: string, first?: string, className: string}[]}
 */
export const COLUMNS = [
  { sort: 'name', label: texts.name, className: 'c-name' },
  { sort: 'groupEntityRef', label: texts.group, className: 'c-group' },
  { label: texts.scopes, className: 'c-scopes' },
  { sort: 'status', label: texts.status, className: 'c-status' },
  { sort: 'expiresAt', label: texts.expires, className: 'c-expires' },
  { sort: 'lastUsedAt', label: texts.lastUsed, first: '-lastUsedAt', className: 'c-used' },
  { sort: 'createdAt', label: texts.created, first: '-createdAt', className: 'c-created' },
  { sort: 'createdBy', label: texts.by, className: 'c-by' },
];

/** Creates a row that stands for a token until it is loaded. It is as high as the row of a token. */
export function skeletonRow(hasCheck) {
  const bone = () => el('span', { class: 'skeleton' });
  return el(
    'tr',
    { role: 'row', 'aria-hidden': 'true' },
    hasCheck && el('td', { role: 'cell', class: 'c-check' }, el('span', { class: 'check' })),
    COLUMNS.map(({ className }) =>
      el('td', { role: 'cell', class: className }, bone(), className === 'c-name' && el('span', { class: 'sub' }, bone())),
    ),
    el('td', { role: 'cell', class: 'c-acts' }),
  );
}

/**
 * Creates the row of a token.
 *
 * @param {object} token
 * @param {{check?: Element, mayRevoke: boolean, mayWrite: boolean, onRevoke: function(): void,
 *     onRotate: function(): void, onClone: function(): void}} what the cell with the check box; what
 *     the user may do, and functions that open the dialogs
 */
export function tokenRow(token, { check, mayRevoke, mayWrite, onRevoke, onRotate, onClone }) {
  const nameId = `t-${token.id}`;
  const address = tokenPage(token.id);
  const isRevoked = token.status === 'revoked';
  return el(
    'tr',
    { role: 'row', 'data-id': token.id, class: isOver(token) ? `is-over${isRevoked ? ' is-revoked-row' : ''}` : null },
    check,
    el(
      'th',
      { role: 'rowheader', scope: 'row', class: 'c-name' },
      el(
        'div',
        { class: 'name' },
        el('a', { class: 'clip', id: nameId, href: address, title: token.name }, token.name),
        ' ',
        el('code', null, token.tokenPrefix),
      ),
      el(
        'div',
        { class: 'sub clip' },
        el('span', { class: 'only-medium' }, group(token), ' · '),
        el('span', { dir: 'auto', title: token.description, 'data-description': true }, token.description),
      ),
    ),
    cell('c-group', el('div', { class: 'clip' }, group(token))),
    cell('c-scopes', scopes(token, address)),
    cell(
      'c-status',
      chip(token),
      isRevoked
        ? el('span', { class: 'sub clip' }, texts.revokedOn(dayMonth(token.revokedAt)), actor(token.revokedBy))
        : graceLine(token, `${address}#secrets`),
    ),
    cell('c-expires', ...expiry(token, isRevoked)),
    cell('c-used', ...lastUse(token)),
    cell('c-created', time(token.createdAt)),
    cell('c-by', el('div', { class: 'clip' }, actor(token.createdBy))),
    cell('c-acts', actions()),
  );

  function actions() {
    const menu = menuButton(texts.moreActions, items, { 'aria-describedby': nameId });
    const revoke = mayRevoke && !isRevoked && button(texts.revoke, onRevoke, { class: 'btn btn-small btn-bare btn-danger', 'aria-describedby': nameId });
    return actionGroup(texts.actionsFor(token.name), revoke ? [revoke, menu] : [menu]);

    function items() {
      return [
        { label: texts.copyId, icon: 'copy', onSelect: () => copyFromMenu(token.id, texts.tokenId, menu) },
        { label: texts.copyName, icon: 'copy', onSelect: () => copyFromMenu(token.name, texts.name, menu) },
        null,
        ...(mayWrite && !isOver(token) ? [{ label: `${texts.rotate}…`, icon: 'rotate', onSelect: onRotate }] : []),
        ...(mayWrite ? [{ label: `${texts.clone}…`, icon: 'clone', onSelect: onClone }] : []),
        { label: texts.auditOne, icon: 'list', href: tokenPage(token.id, '#audit') },
        ...(revoke ? [null, { label: `${texts.revoke}…`, icon: 'ban', onSelect: onRevoke, danger: true }] : []),
      ];
    }
  }
}

function cell(className, ...content) {
  return el('td', { role: 'cell', class: className }, content);
}

function expiry(token, isRevoked) {
  const { expiresAt, status } = token;
  if (isRevoked) {
    return ['–'];
  }
  const isSoon = status === 'expiring' && isDue(token) && new Date(expiresAt).getTime() - Date.now() < WEEK;
  const left = time(expiresAt, relative);
  return [isSoon ? el('strong', { class: 'warn' }, left) : left, el('span', { class: 'sub' }, day(expiresAt))];
}

function lastUse({ lastUsedAt, createdAt }) {
  return lastUsedAt
    ? [time(lastUsedAt, relative), el('span', { class: 'sub' }, timeOrDay(lastUsedAt))]
    : [el('span', { class: 'quiet' }, texts.never), el('span', { class: 'sub' }, age(createdAt))];
}

/** Returns the age of a token, because a token that was never used may be new. */
function age(createdAt) {
  const days = Math.floor((Date.now() - new Date(createdAt).getTime()) / DAY_MILLIS);
  return days < 1 ? texts.createdToday : texts.daysOld(days, number(days));
}

function scopes(token, address) {
  const fits = token.scopes.length <= SCOPES_SHOWN;
  const first = fits ? token.scopes : token.scopes.slice(0, SCOPES_SHOWN - 1);
  return el(
    'div',
    { class: 'ids' },
    first.map((scope) => el('code', { class: 'clip', title: scope }, scope)),
    !fits &&
      el(
        'a',
        { class: 'more', href: `${address}#scopes`, title: token.scopes.slice(first.length).join('\n') },
        texts.andMore(number(token.scopes.length - first.length)),
      ),
  );
}

/**
 * Describes the active filters, such as "Status: Expiring, Group: Platform".
 *
 * @param {Object<string, string>} state of the address
 * @param {string} groupText the text of the chosen group
 * @param {string} useText the text of the chosen use
 */
export function describeFilters({ q, status, groupEntityRef, createdBy, used, expires }, groupText, useText) {
  return [
    [texts.search, q && `“${q}”`],
    [texts.status, status && (texts.statusFilters[status] ?? (status === 'rotating' ? texts.rotating : status))],
    [texts.group, groupEntityRef && groupText],
    [texts.use, used && useText],
    [texts.createdBy, createdBy && shortRef(createdBy)],
    [texts.expires, expires && expiryText(expires)],
  ]
    .filter(([, value]) => value)
    .map(([label, value]) => `${label}: ${value}`)
    .join(', ');
}
