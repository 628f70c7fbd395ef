/** The list without any token: how to create the first one, in the browser or from a terminal. */

import { callAddress, page, read } from './api.js';
import { codeBlock, forShell, prompted } from './code-block.js';
import { button, el, fill, icon, MARK } from './dom.js';
import { servicePermission } from './session.js';
import { texts } from './texts.js';

const FEW = 20;
const DAYS = 90;
/** A personal token creates no token that outlives it. */
const DAYS_BY_TOKEN = 7;
const PLAIN = /^\w[\w.@-]*$/;

/**
 * Creates the content of a list without tokens.
 *
 * @param {{session: import('./session.js').Session, onCreate: (function(): void)|null}} what the user,
 *     and a function that opens the dialog, or null if the user may not create tokens
 */
export function emptyState({ session, onCreate }) {
  return [
    el(
      'div',
      { class: 'state' },
      el('img', { src: MARK, alt: '', width: 64, height: 64 }),
      el('h2', null, onCreate ? texts.firstToken : texts.noTokens),
      el('p', null, texts.noTokensText),
      onCreate && el('div', { class: 'row' }, button([icon('plus'), texts.createToken], onCreate, { class: 'btn btn-primary btn-large', 'data-action': 'create' })),
    ),
    onCreate && (session.way === 'password' || session.mayOwn('write'))
      ? terminal(session)
      : el('p', { class: 'panel-body' }, reference()),
  ];
}

function reference() {
  return el('a', { class: 'small', href: page('admin/access-tokens/api') }, texts.apiReference);
}

/**
 * Shows a command that creates a token, with a scope and a group that the user can choose. A user
 * who has no password of this service uses a personal token.
 */
function terminal(session) {
  const user = session.way === 'password' ? session.subject.split('/').at(-1) : null;
  const place = el('div');
  const hint = el('p', { class: 'hint' });
  const show = (group, scope) => {
    fill(place, command(user, group, scope));
    fill(hint, user === null ? texts.fromATerminalByToken([servicePermission('write'), scope]) : texts.fromATerminalHint);
  };
  show(texts.sampleGroup, texts.sampleScope);
  Promise.all([firstScope(), firstGroup()]).then(([scope, group]) => show(group || texts.sampleGroup, scope || texts.sampleScope));
  return el(
    'div',
    { class: 'panel-body stack' },
    el('div', { class: 'row spread' }, el('h2', null, texts.fromATerminal), reference()),
    place,
    hint,
  );
}

/** Returns a scope to begin with, or an empty text. */
async function firstScope() {
  const { scopes } = await read('service/scopes').catch(() => ({ scopes: [] }));
  const ids = scopes.map((scope) => scope.id).filter(isPlain);
  return ids.find((id) => id.endsWith(':read')) ?? ids[0] ?? '';
}

/** Returns a group whose tokens the user may create, or an empty text. */
async function firstGroup() {
  const { groups } = await read('groups', { permission: servicePermission('write'), limit: FEW }).catch(() => ({ groups: [] }));
  return groups.map((group) => group.groupEntityRef).find(isPlain) ?? '';
}

/** Returns true if a shell and JSON need no escapes for a text. */
function isPlain(text) {
  return forShell(text) === text;
}

/**
 * Returns the command that creates a token.
 *
 * @param {string|null} user whose password curl asks for; null for a personal token
 * @param {string} group
 * @param {string} scope
 */
function command(user, group, scope) {
  const request = [
    `"name": "${texts.sampleName}", "description": "${texts.sampleDescription}",`,
    ` "groupEntityRef": "${group}", "scopes": ["${scope}"], "expiresInDays": ${user === null ? DAYS_BY_TOKEN : DAYS}`,
  ].join('\n       ');
  const address = forShell(callAddress('service'));
  return codeBlock({
    title: texts.fromATerminalShort,
    text:
      user === null
        ? byToken(address, request)
        : // curl asks for the password, because only the name is given. So no argument of a process contains it.
          [
            `curl -u ${PLAIN.test(user) ? user : texts.sampleUser} ${address} \\`,
            `  -H 'Content-Type: application/json' \\`,
            `  -d '{${request}}'`,
          ].join('\n'),
  });
}

/** Returns a command that reads a personal token. Its first argument is the body of the request. */
function byToken(address, request) {
  const script = prompted(
    'printf "Authorization: Bearer %s" "$TOKEN" |',
    `curl -sS -H @- ${address} \\`,
    '  -H "Content-Type: application/json" -d "$1"',
  );
  return `${script} - '{${request}}'`;
}
