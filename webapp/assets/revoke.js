/** The dialogs that revoke one token, or several, and other dialogs that ask for a reason. */

import { read, write } from './api.js';
import { acceptedCallers, callersInDialog, ofToday } from './callers.js';
import { button, el, fill, note } from './dom.js';
import { field, length, textArea } from './fields.js';
import { openForm } from './form-dialog.js';
import { DAY_MILLIS, group, number, relative, shortRef, time } from './format.js';
import { readAll, resultOf } from './revoked.js';
import { texts } from './texts.js';
import { toast } from './toasts.js';

const REASON_LIMIT = 500;
/** The number of characters of a reason from which on the rest is counted. */
const REASON_LONG = 400;
const DAYS = 30;
const CONFLICT = 409;
/** The number of tokens that the API revokes at most in one call. */
const AT_ONCE = 500;
/** The number of tokens above which the user confirms the number. */
const FEW = 50;
/** The number of tokens that the dialog lists. */
const LISTED = 200;

/**
 * Opens the dialog for one service token.
 *
 * @param {object} token
 * @param {{onRevoked: function(): void, onRotate?: function(): void, focusAfter?: function(): Element}} what
 *     `onRotate` opens the dialog that rotates the token, which replaces the secret without downtime
 */
export function openRevoke(token, { onRevoked, onRotate, focusAfter }) {
  const use = el('div', { class: 'stack-tight' }, lastUseNote(token));
  const dialog = openReasoned({
    title: texts.revokeTitle,
    slim: true,
    subtitle: [el('strong', null, token.name), ` ${texts.ofGroup} `, group(token), ' ', el('code', null, token.tokenPrefix)],
    about: use,
    hint: texts.reasonHint,
    final: texts.finalNow,
    more: token.previousSecret ? texts.finalOneRotating : texts.finalOne,
    submit: texts.revoke,
    send: (text, signal) => write('DELETE', `service/${encodeURIComponent(token.id)}`, { reason: text }, {}, signal),
    check: () => checkRevoked(`service/${encodeURIComponent(token.id)}`),
    done() {
      toast({ kind: 'good', title: texts.revoked(token.name) });
      onRevoked();
    },
    onRevoked,
    focusAfter,
  });
  const rotate = onRotate && token.status !== 'expired' ? () => dialog.leave(onRotate) : null;
  showUse(token, use, rotate);
}

/** Shows when the token was last used, until its callers are loaded. */
function lastUseNote(token) {
  return el(
    'p',
    { class: 'quiet' },
    token.lastUsedAt ? [texts.lastUsedAt, time(token.lastUsedAt, relative), '.'] : texts.neverUsedText,
  );
}

/** Shows from which address the token was last used, and names the callers of today. */
async function showUse(token, use, onRotate) {
  try {
    const usage = await read(`service/${encodeURIComponent(token.id)}/usage`, { days: DAYS });
    const today = usage.days?.find((it) => it.day === new Date().toISOString().slice(0, 10));
    if (today?.accepted > 0 && token.status !== 'expired') {
      const callers = ofToday(acceptedCallers(usage, 'current', 'previous'));
      fill(
        use,
        warning(
          [texts.inUseTimes(today.accepted, number(today.accepted)), time(usage.accepted.lastAt, relative)],
          el('p', null, callers.length > 0 ? texts.theseGetRefused : texts.callersGetRefused),
          callersInDialog(texts.callersOfToday, callers),
          onRotate && el('p', null, button(texts.rotateInstead, onRotate, { class: 'link' }), texts.withoutDowntime),
        ),
      );
    } else if (usage.accepted.lastAddress) {
      fill(
        use,
        el('p', { class: 'quiet' }, texts.lastUsedAt, time(usage.accepted.lastAt, relative), ` ${texts.from} `, el('code', null, usage.accepted.lastAddress), '.'),
      );
    }
  } catch {
    // The token can be revoked without this information.
  }
}

function warning(heading, ...content) {
  return note({ tone: 'bad', sign: 'pulse' }, heading, content);
}

/**
 * Opens the dialog for several service tokens.
 *
 * @param {object[]} tokens
 * @param {{filter?: string, onRevoked: function(object): any, focusAfter?: function(): Element}} what
 *     `filter` describes the filter whose tokens were all selected. `onRevoked` receives the outcome
 *     of each token, as {@link resultOf} returns it
 */
export function openRevokeMany(tokens, { filter, onRevoked, focusAfter }) {
  const count = number(tokens.length);
  const progress = el('p', { class: 'hint', role: 'status' });
  const work = revocations(tokens, (revoked) => {
    progress.textContent = tokens.length > AT_ONCE ? texts.revokedSoFar(number(revoked), count) : '';
  });
  const confirmation = tokens.length > FEW ? confirmField(tokens.length) : null;
  const use = el('div', { class: 'stack-tight' });
  const panel = tokensPanel();
  showUseOf(tokens);
  use.append(asLoaded());
  openReasoned({
    title: texts.revokeTitleMany(tokens.length, count),
    slim: true,
    about: [
      use,
      filter !== undefined && el('p', { class: 'any' }, texts.allOfFilter(count), filter ? el('strong', null, filter) : texts.noFilter),
      panel,
    ],
    hint: texts.reasonHintMany,
    final: texts.finalNow,
    more: progress,
    extra: confirmation,
    submit: texts.revokeMany(tokens.length, count),
    notDone() {
      if (work.isBegun() && !work.isDone()) {
        return texts.partlyRevoked;
      }
      return work.isUnsure() ? texts.maybeRevoked : texts.noneRevoked;
    },
    send: work.send,
    check: work.check,
    async done(answer) {
      onRevoked(await resultOf(tokens, answer));
    },
    onRevoked,
    async closed() {
      if (work.isBegun() || work.isUnsure()) {
        onRevoked(await resultOf(tokens, work.answer()));
      }
    },
    focusAfter,
  });
  if (tokens.length <= LISTED) {
    // The tokens can be revoked without this information.
    readAll(tokens).then((found) => showUseOf(tokens.map((token, at) => found[at] ?? token)), () => {});
  }

  function showUseOf(current) {
    fill(use, usedLately(current));
    fill(panel, tokenList(current, (token) => el('span', { class: 'quiet' }, group(token))));
  }
}

/** Says that the use of tokens is as old as the page, until it is read again. */
function asLoaded() {
  return el('p', { class: 'quiet small' }, texts.useAsLoaded);
}

/** Warns if any of the tokens was used in the last 24 hours. */
function usedLately(tokens) {
  const since = new Date(Date.now() - DAY_MILLIS).toISOString();
  const used = tokens.filter((token) => token.lastUsedAt >= since && token.status !== 'expired').length;
  return used === 0
    ? el('p', { class: 'quiet' }, texts.noneUsedLately)
    : warning(texts.usedLately(used, number(used), tokens.length), el('p', null, texts.theirCallersGetRefused));
}

/**
 * Creates the panel in which a dialog lists the tokens that it revokes.
 *
 * @param {...*} content
 */
export function tokensPanel(...content) {
  return el('div', { class: 'panel rows-scroll', tabindex: 0, role: 'region', 'aria-label': texts.tokensToRevoke }, content);
}

/**
 * Lists tokens, those that were used last first.
 *
 * @param {object[]} tokens
 * @param {function(object): Element} about what follows the name of a token
 * @param {function(object): boolean} [isMarked] returns true if the last use is marked as a warning
 */
export function tokenList(tokens, about, isMarked = () => false) {
  const sorted = tokens.toSorted((a, b) => (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? ''));
  const others = tokens.length - LISTED;
  return el(
    'ul',
    { class: 'rows rows-tight body13' },
    sorted
      .slice(0, LISTED)
      .map((token) =>
        el(
          'li',
          { class: 'row-fixed' },
          el('span', { class: 'any' }, el('strong', null, token.name), ' ', about(token)),
          el(
            'span',
            { class: isMarked(token) ? 'nowrap warn' : 'nowrap quiet' },
            token.lastUsedAt ? [texts.usedAt, time(token.lastUsedAt, relative)] : texts.neverUsed,
          ),
        ),
      ),
    others > 0 && el('li', { class: 'quiet' }, texts.andMore(number(others))),
  );
}

/** Creates the field in which the user types the number of tokens. */
function confirmField(count) {
  const input = el('input', { class: 'input amount', name: 'count', inputmode: 'numeric', autocomplete: 'off', required: true });
  return field({
    name: 'count',
    label: texts.confirmCount(String(count)),
    control: input,
    check: (value) => (value.replace(/[\s.,]/g, '') === String(count) ? '' : texts.wrongCount(String(count))),
  });
}

/**
 * Revokes tokens in as many calls as the API needs. After a failure, the next attempt continues with
 * the call that failed: a token that was revoked by it is then reported as revoked before.
 *
 * @param {object[]} tokens
 * @param {function(number): void} onProgress receives the number of tokens that are done
 */
function revocations(tokens, onProgress) {
  const ids = tokens.map((token) => token.id);
  const result = { revoked: [], alreadyRevoked: [], notFound: [] };
  /** The number of tokens whose outcome is known. */
  let done = 0;
  /** The number of tokens whose outcome is known, or that were in a call without a response. */
  let sent = 0;

  /**
   * Adds the outcome of the tokens from an offset on. A check of a call and a repetition of the call
   * can both find it; only the first one counts.
   */
  function add(offset, part, outcome) {
    if (offset === done) {
      Object.keys(result).forEach((kind) => result[kind].push(...outcome[kind]));
      done += part.length;
      sent = done;
      onProgress(done);
    }
  }

  async function send(reason, signal) {
    while (done < ids.length) {
      const offset = done;
      const part = ids.slice(offset, offset + AT_ONCE);
      try {
        add(offset, part, await write('POST', 'service/revoke', { ids: part, reason }, {}, signal));
      } catch (e) {
        if (e.name === 'AbortError' || e.isUncertain) {
          sent = Math.max(sent, offset + part.length);
        }
        throw e;
      }
    }
    return result;
  }

  /** Checks the call whose response was lost; one call revokes all of its tokens or none. */
  async function check() {
    const offset = done;
    const part = tokens.slice(offset, offset + AT_ONCE);
    const found = await readAll(part);
    const withStatus = (revoked) =>
      part.filter((_, index) => found[index] && (found[index].status === 'revoked') === revoked).map((token) => token.id);
    if (withStatus(false).length > 0) {
      return { text: texts.someNotRevokedYet(number(withStatus(false).length + ids.length - offset - part.length), number(ids.length)) };
    }
    add(offset, part, { revoked: withStatus(true), alreadyRevoked: [], notFound: part.filter((_, index) => !found[index]).map((token) => token.id) });
    return done < ids.length
      ? { text: texts.someNotRevokedYet(number(ids.length - done), number(ids.length)) }
      : { answer: result };
  }

  return {
    send,
    check,
    isBegun: () => done > 0,
    isDone: () => done === ids.length,
    isUnsure: () => sent > done,
    answer: () => ({ ...result, notSent: ids.slice(sent) }),
  };
}

/** Checks whether a token is revoked. */
async function checkRevoked(path) {
  const { status } = await read(path);
  return status === 'revoked' ? { answer: {} } : { text: texts.notRevokedYet };
}

/** Warns if a personal token was used in the last 24 hours. Otherwise, shows its last use. */
function personalUse(token) {
  const isInUse = token.lastUsedAt && Date.now() - Date.parse(token.lastUsedAt) < DAY_MILLIS && token.status !== 'expired';
  return isInUse
    ? warning(texts.usedLately(1, number(1), 1), el('p', null, texts.lastUsedAt, time(token.lastUsedAt, relative), '. ', texts.callersGetRefused))
    : lastUseNote(token);
}

/**
 * Opens the dialog for a personal token. A reason is required only for a token of another user.
 *
 * @param {object} token
 * @param {{owner?: string, onRevoked: function(): *, focusAfter: function(): Element}} what `owner` is
 *     the ref of the other user
 */
export function openRevokePersonal(token, { owner, onRevoked, focusAfter }) {
  const path = `${owner ? 'user-tokens' : 'personal'}/${encodeURIComponent(token.id)}`;
  const use = el('div', { class: 'stack-tight' }, personalUse(token), asLoaded());
  openReasoned({
    title: texts.revokeTitle,
    subtitle: [el('strong', null, token.name), owner && ` ${texts.ofGroup} ${shortRef(owner)}`, ' ', el('code', null, token.prefix)],
    slim: true,
    about: use,
    hint: owner ? texts.reasonHintPerson : texts.reasonHintOwn,
    final: texts.finalNow,
    more: texts.finalOne,
    submit: texts.revoke,
    optional: !owner,
    send: (text, signal) => write('DELETE', path, text ? { reason: text } : {}, {}, signal),
    check: () => checkRevoked(path),
    done() {
      toast({ kind: 'good', title: texts.revoked(token.name) });
      onRevoked();
    },
    onRevoked,
    focusAfter,
  });
  // The token can be revoked without this information.
  read(path).then((current) => fill(use, personalUse(current)), () => {});
}

/**
 * Opens a dialog for a change that ends something and is final.
 *
 * @param {object} what as for {@link openForm}; also `final`: the consequence, and `more` about it;
 *     `hint` of the reason, `optional` if no reason is required, `extra`: a field that follows the
 *     reason; `ended`: what is shown if nothing is left to end, by the status of the response;
 *     `closed`: called when the dialog is closed without success. `notDone` can be a function.
 */
export function openReasoned({
  title,
  subtitle,
  slim,
  about,
  hint,
  final,
  more,
  extra,
  submit,
  optional,
  notDone,
  send,
  check,
  done,
  ended = { [CONFLICT]: texts.revokedAlready },
  unanswered = texts.maybeRevoked,
  onRevoked,
  closed,
  focusAfter,
}) {
  const input = textArea('reason', REASON_LIMIT);
  input.required = !optional;
  const why = field({
    name: 'reason',
    label: texts.reason,
    control: input,
    hint() {
      const count = length(input.value);
      return count < REASON_LONG ? hint : `${hint} ${texts.characters(count, REASON_LIMIT)}`;
    },
    check(value) {
      const count = length(value.trim());
      if (count === 0 && !optional) {
        return texts.reasonMissing;
      }
      return count > REASON_LIMIT ? texts.tooLong(count, REASON_LIMIT) : '';
    },
  });
  let revokedBefore = false;

  const dialog = openForm({
    title,
    subtitle,
    slim,
    body: [
      about,
      el('div', { class: 'stack-tight' }, el('p', null, el('strong', null, final), more && !(more instanceof Node) && ` ${more}`), more instanceof Node && more),
      why.element,
      extra?.element,
    ],
    submit,
    submitClass: 'btn-final',
    fields: [why, ...(extra ? [extra] : [])],
    byName: { reason: why },
    isChanged: () => !revokedBefore && input.value.trim() !== '',
    send: (signal) => send(input.value.trim(), signal),
    done,
    refused(failure, { giveUp }) {
      const text = ended[failure.status];
      if (!text) {
        return false;
      }
      revokedBefore = true;
      giveUp(text);
      onRevoked();
      return true;
    },
    get notDone() {
      return typeof notDone === 'function' ? notDone() : notDone;
    },
    unanswered,
    check,
    checked: () => onRevoked(),
    focusAfter(succeeded) {
      if (!succeeded) {
        closed?.();
      }
      return succeeded || revokedBefore ? focusAfter?.() : null;
    },
  });
  why.focus();
  return dialog;
}
