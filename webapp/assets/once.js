/**
 * Shows a raw token once. Only the elements of this dialog hold it: no variable that outlives the
 * dialog, no URL, no storage, no history and no console.
 */

import { callAddress, ROOT } from './api.js';
import { codeBlock, forShell, lastingCopyButton, prompted } from './code-block.js';
import { announce, button, el, newId, note } from './dom.js';
import { longDay } from './format.js';
import { openDialog } from './dialog.js';
import { slug } from './naming.js';
import { texts } from './texts.js';

/**
 * A command that uses a secret, which it reads from a prompt.
 *
 * @typedef {{way: string, title: string, text: string, hint?: string}} Command
 */

/**
 * Opens the dialog.
 *
 * @param {string} rawToken
 * @param {{whose: (Node|string)[], commands: Command[], name?: string, isRotated?: boolean,
 *     focusAfter: function(): Element, title?: string, lead?: string, label?: string, about?: Node,
 *     lost?: string}} what a text about the token's owner, commands that try the token, the name of
 *     the token for commands that store its secret, whether these replace an earlier secret, the
 *     element that gets the focus afterwards, the title, the request to copy, the label of the
 *     secret, further content below it, and the consequence of closing without a copy
 * @returns {Promise<void>} resolves when the dialog is closed
 */
export function showOnce(rawToken, what) {
  const { whose, commands, name, isRotated = false, focusAfter, about } = what;
  return new Promise((resolve) => {
    const fieldId = newId('raw');
    const hintId = newId('raw-hint');
    const field = el('textarea', {
      class: 'input',
      id: fieldId,
      rows: 1,
      readonly: true,
      spellcheck: 'false',
      autocomplete: 'off',
      'aria-describedby': hintId,
      props: { value: rawToken },
    });
    const copied = el('p', { class: 'hint', role: 'status' }, texts.notCopiedYet);
    let isSaved = false;

    const selectAll = () => {
      field.focus();
      field.select();
    };
    const copier = lastingCopyButton({
      text: () => field.value,
      select: selectAll,
      onDone: (done) => (done ? saved(texts.copied) : (copied.textContent = texts.copyByHand)),
      className: 'btn btn-primary',
      isWide: true,
    });
    // Copying by keyboard or context menu also counts, but a part of the token is useless.
    field.addEventListener('copy', () => {
      if (field.selectionStart === 0 && field.selectionEnd === field.value.length) {
        saved(texts.copied);
      }
    });

    const dialog = openDialog({
      title: what.title ?? texts.tokenCreated,
      body: [
        note({ tone: 'warn', sign: 'alert' }, what.lead ?? texts.copyNow, el('p', null, texts.shownOnce)),
        el(
          'div',
          { class: 'field' },
          el('label', { for: fieldId }, what.label ?? texts.rawToken),
          el('div', { class: 'secret' }, field, copier),
          el('div', { class: 'row spread' }, copied, button(texts.download, download, { class: 'link small' })),
          el('p', { class: 'hint', id: hintId }, whose),
        ),
        about,
        ways([...commands, ...(name ? storingCommands(name, isRotated) : [])]),
      ],
      foot: [button(texts.done, () => dialog.leave())],
      guard,
      onClose: closed,
      focusAfter,
    });

    function saved(text) {
      isSaved = true;
      copied.textContent = text;
    }

    /** Saves the secret as a file. The address of the file is valid during this call only. */
    function download() {
      const file = `${slug(name ?? '') || texts.anyFile}.token`;
      const address = URL.createObjectURL(new Blob([field.value], { type: 'text/plain' }));
      el('a', { href: address, download: file }).click();
      URL.revokeObjectURL(address);
      saved(texts.downloaded(file));
    }

    /** Asks a question only while leaving would lose the token. */
    function guard() {
      if (isSaved) {
        return null;
      }
      return {
        title: texts.closeQuestion,
        text: what.lost ?? texts.closeConsequence,
        leave: texts.close,
        stay: texts.keepOpen,
        onStay: selectAll,
      };
    }

    function closed() {
      scrub();
      announce(texts.closed);
      resolve();
    }

    function scrub() {
      field.value = '';
      field.defaultValue = '';
      window.removeEventListener('beforeunload', warn);
      window.removeEventListener('pagehide', scrub);
    }

    function warn(event) {
      if (isSaved) {
        return;
      }
      event.preventDefault();
      event.returnValue = ''; // for older browsers
      dialog.leave();
    }

    window.addEventListener('beforeunload', warn);
    window.addEventListener('pagehide', scrub); // otherwise, going back might show it again
    rawToken = '';
    selectAll();
  });
}

/**
 * Shows commands, one at a time: each has a radio with its title.
 *
 * @param {Command[]} commands
 */
function ways(commands) {
  const name = newId('way');
  return el(
    'div',
    { class: 'field' },
    el('h3', null, texts.useIt),
    el('p', { class: 'hint' }, texts.useItHint),
    el(
      'fieldset',
      { class: 'ways stack' },
      el('legend', { class: 'sr' }, texts.useIt),
      el(
        'div',
        { class: 'segments' },
        commands.map(({ way, title }, at) => el('label', null, el('input', { type: 'radio', name, value: way, checked: at === 0 }), title)),
      ),
      commands.map((command) => el('div', { class: 'code-set', 'data-way': command.way }, codeBlock(command), el('p', { class: 'hint' }, command.hint))),
    ),
  );
}

/** Returns a command that tries a token. */
export function whoAmICommand() {
  return {
    way: 'curl',
    title: texts.curl,
    text: prompted(`printf "Authorization: Bearer %s" "$TOKEN" |`, `curl -sS -H @- ${forShell(callAddress('whoami'))}`),
    hint: texts.curlHint,
  };
}

/**
 * Returns the commands that use a personal token.
 *
 * @param {import('./session.js').Session} session
 */
export function personalCommands(session) {
  return [whoAmICommand(), ...(session.exchangesTokens ? [exchangeCommand()] : [])];
}

/** Returns a command that exchanges a personal token for a JWT. */
export function exchangeCommand() {
  const address = new URL('api/auth/v1/token', ROOT).href;
  return {
    way: 'exchange',
    title: texts.exchange,
    text: prompted('printf %s "$TOKEN" |', `curl -sS -d grant_type=refresh_token --data-urlencode refresh_token@- ${forShell(address)}`),
    hint: texts.exchangeHint,
  };
}

/**
 * Returns commands that store a secret where programs find it.
 *
 * @param {string} name of the token
 * @param {boolean} isRotated true if the secret replaces an earlier one
 * @returns {Command[]}
 */
function storingCommands(name, isRotated) {
  // A name of letters, digits and hyphens, without a hyphen at the start, is no option and needs no quotes.
  const called = slug(name) || texts.anyFile;
  const pipe = 'printf %s "$TOKEN" |';
  return [
    {
      way: 'env',
      title: texts.envFile,
      text: prompted(`umask 077 && rm -f ${called}.env &&`, `printf "ACCESS_TOKEN=%s\\n" "$TOKEN" > ${called}.env`),
      hint: texts.envHint(`${called}.env`),
    },
    {
      way: 'kubernetes',
      title: 'Kubernetes',
      text: prompted(
        pipe,
        `kubectl create secret generic ${called} --from-file=token=/dev/stdin \\\n    --dry-run=client -o yaml |`,
        'kubectl apply --server-side -f -',
      ),
      hint: texts.kubernetesHint,
    },
    { way: 'github', title: 'GitHub Actions', text: prompted(pipe, 'gh secret set ACCESS_TOKEN'), hint: texts.githubHint },
    {
      way: 'gitlab',
      title: 'GitLab CI',
      text: prompted(pipe, `glab variable ${isRotated ? 'update' : 'set'} ACCESS_TOKEN --masked --protected`),
      hint: isRotated ? texts.gitlabUpdateHint : texts.gitlabHint,
    },
  ];
}

/** Returns the text below a token: its name, its group and its expiry. */
export function whoseToken(lead, name, group, expiresAt) {
  return [lead, el('strong', { class: 'any' }, name), texts.ofGroupUntil(group, longDay(expiresAt))];
}
