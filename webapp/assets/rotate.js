/** The dialog that gives a token a new secret. */

import { read } from './api.js';
import { announce, el, fill, newId } from './dom.js';
import { expiryField } from './expiry.js';
import { openForm } from './form-dialog.js';
import { DAY_MILLIS, minute, number, relative, time } from './format.js';
import { writeFreshly } from './fresh.js';
import { graceField } from './grace.js';
import { exchangeCommand, showOnce, whoAmICommand } from './once.js';
import { texts } from './texts.js';

const SECOND = 1000;
const UNPROCESSABLE = 422;
const FINAL = [404, 409];

/** Returns what the dialogs about secrets need to know of a service token. */
export function serviceSubject(token) {
  return {
    token,
    path: `service/${encodeURIComponent(token.id)}`,
    prefix: token.tokenPrefix,
    group: token.groupEntityRef,
    commands: () => [whoAmICommand()],
  };
}

/** Returns the same of a personal token. */
export function personalSubject(token) {
  return {
    token,
    path: `personal/${encodeURIComponent(token.id)}`,
    prefix: token.prefix,
    commands: () => [whoAmICommand(), exchangeCommand()],
  };
}

/**
 * Opens the dialog.
 *
 * @param {{token: object, path: string, prefix: string, group?: string, commands: function():
 *     object[]}} subject the token, its resource, the prefix of its secret, the owning group, and
 *     commands that use the new secret
 * @param {{onRotated: function(), focusAfter?: function(): Element}} what
 */
export function openRotate(subject, { onRotated, focusAfter }) {
  const { token, path, prefix } = subject;
  const lifetime = Math.round((new Date(token.expiresAt) - new Date(token.secretCreatedAt)) / DAY_MILLIS);
  const grace = graceField(showPlan);
  const expiry = expiryField(Math.max(1, lifetime), { label: texts.newExpiry, before: lifetime || null });
  const steps = el('ol', { class: 'steps' });
  const planId = newId('plan');
  const plan = el(
    'section',
    { class: 'inset stack-tight', 'aria-labelledby': planId },
    el('h3', { id: planId }, texts.whatHappens),
    steps,
  );
  const callers = el('p', { class: 'quiet', role: 'status' });
  const choices = el('fieldset', { class: 'stack', 'aria-label': texts.choices }, grace.element, expiry.element);
  /** The request and its key. A repeat after a lost response sends exactly the same. */
  let attempt = null;
  let isLost = false;
  let isOver = false;

  openForm({
    title: texts.rotateTitle(token.name),
    body: [
      el('p', { class: 'quiet' }, texts.rotateKeeps),
      token.previousSecret && olderSecret(token.previousSecret),
      choices,
      plan,
      callers,
    ],
    submit: texts.rotateToken,
    submitClass: 'btn-primary',
    fields: [grace, expiry],
    byName: { gracePeriodSeconds: grace, endGraceOnFirstUse: grace, expiresInDays: expiry, expiresAt: expiry },
    isChanged: () => !isOver && (grace.isChanged() || expiry.isChanged()),
    send,
    done: show,
    refused,
    isRepeatable: true,
    unanswered: texts.maybeRotated,
    checked: onRotated,
    question: () =>
      isLost && !isOver
        ? { title: texts.leaveLostQuestion, text: texts.leaveLostText, leave: texts.close, stay: texts.keepOpen }
        : null,
    focusAfter: (rotated) => (rotated ? null : focusAfter?.()),
  });
  grace.focus();
  expiry.element.addEventListener('input', showPlan);
  expiry.element.addEventListener('change', showPlan);
  expiry.element.addEventListener('click', showPlan);
  showPlan();
  bounds();
  showCallers();

  /** Shows the longest lifetime of the group's tokens. The server checks it in any case. */
  async function bounds() {
    if (!subject.group) {
      return;
    }
    try {
      const answer = await read('service/limits', { groupEntityRef: subject.group });
      expiry.limit(answer.maxLifetimeDays);
      showPlan();
    } catch {
      // The token can be rotated without this information.
    }
  }

  /** Shows who has to be updated. */
  async function showCallers() {
    try {
      const usage = await read(`${path}/usage`, { days: 1 });
      const { accepted, days } = usage;
      const today = days?.at(-1)?.accepted ?? 0;
      if (accepted.lastAt) {
        fill(
          callers,
          el('strong', null, texts.toUpdate),
          texts.lastUsedAt,
          time(accepted.lastAt, relative),
          accepted.lastAddress && [` ${texts.from} `, el('code', null, accepted.lastAddress)],
          texts.usesToday(today, number(today)),
        );
      }
    } catch {
      // The token can be rotated without this information.
    }
  }

  function oldSecretEnd(seconds) {
    const ends = [Date.now() + seconds * SECOND, new Date(token.expiresAt).getTime()];
    const days = expiry.days();
    if (days > 0) {
      ends.push(Date.now() + days * DAY_MILLIS);
    }
    return new Date(Math.min(...ends)).toISOString();
  }

  function showPlan() {
    const seconds = grace.seconds();
    const days = expiry.days();
    const step = (when, text) => el('li', null, el('span', { class: 'quiet' }, when), ' ', el('span', null, text));
    const hasGrace = seconds > 0;
    const end = hasGrace ? oldSecretEnd(seconds) : null;
    fill(
      steps,
      step(texts.now, hasGrace ? texts.bothWork : texts.oldEndsNow),
      hasGrace && step(texts.untilThen, texts.watchOld),
      hasGrace &&
        step(time(end, minute), grace.endsOnFirstUse() ? texts.oldEndsAtFirstUse : texts.oldEnds),
      days > 0 && step(time(new Date(Date.now() + days * DAY_MILLIS).toISOString(), minute), texts.tokenExpires),
    );
  }

  async function send(signal) {
    attempt ??= {
      key: newKey(),
      body: {
        gracePeriodSeconds: grace.seconds(),
        endGraceOnFirstUse: grace.endsOnFirstUse(),
        expiresInDays: expiry.days(),
      },
    };
    try {
      return await writeFreshly('POST', `${path}/rotate`, attempt.body, {}, signal, { 'Idempotency-Key': attempt.key });
    } catch (e) {
      if (e.name === 'AbortError' || e.isUncertain) {
        // From now on, another request would be a further rotation, which ends the older secret.
        isLost = true;
        choices.disabled = true;
        plan.tabIndex = 0; // the dialog can still be scrolled by keyboard
      } else if (!isLost) {
        attempt = null;
      }
      throw e;
    }
  }

  function refused(failure, { say, giveUp }) {
    if (FINAL.includes(failure.status)) {
      isOver = true;
      giveUp(sentenceOf(failure), isLost ? ` ${texts.lookBeforeRotating}` : '');
      onRotated();
      return true;
    }
    const others = failure.violations.filter(({ field }) => field === 'scopes');
    if (failure.status === UNPROCESSABLE && others.length > 0) {
      say(texts.rotateScopes(others.map(({ message }) => message).join('; ')));
      return true;
    }
    return false;
  }

  function show(answer) {
    const { token: rotated, rawToken, previousSecret } = answer;
    answer.rawToken = '';
    announce(texts.rotated(rotated.name));
    onRotated();
    return showOnce(rawToken, {
      title: texts.newSecretOf(rotated.name),
      lead: texts.copySecretNow,
      label: texts.newSecret,
      whose: [texts.validUntil, time(rotated.expiresAt, minute), '.'],
      about: el('p', { class: 'inset' }, oldSecretAfter(prefix, previousSecret, attempt.body.endGraceOnFirstUse)),
      commands: subject.commands(),
      lost: texts.closeRotated,
      focusAfter,
    });
  }
}

/** Warns that a further rotation ends the older secret, and says who uses that. */
function olderSecret(previous) {
  return el(
    'div',
    { class: 'note' },
    el('strong', null, texts.olderEnds(previous.tokenPrefix)),
    el('p', null, texts.atMostTwo, ' ', usesOf(previous)),
  );
}

/** Describes the uses of an old secret. */
export function usesOf(previous) {
  if (!previous.lastUsedAt) {
    return texts.unusedSinceRotation;
  }
  return [
    texts.oldUses(previous.usesToday, number(previous.usesToday)),
    time(previous.lastUsedAt, relative),
    previous.lastUsedAddress && [` ${texts.from} `, el('code', { class: 'any' }, previous.lastUsedAddress)],
    '.',
  ];
}

function oldSecretAfter(prefix, previous, endsOnFirstUse) {
  if (!previous) {
    return [texts.oldSecretOf, el('code', null, prefix), texts.hasEnded];
  }
  return [
    texts.oldSecretOf,
    el('code', null, previous.tokenPrefix),
    texts.worksUntil,
    time(previous.expiresAt, minute),
    endsOnFirstUse ? texts.orFirstUse : '.',
    ' ',
    texts.watchOldHere,
  ];
}

function sentenceOf(failure) {
  const text = failure.message.charAt(0).toUpperCase() + failure.message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Returns a new random key. `randomUUID` exists only on secure connections. */
function newKey() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (it) => it.toString(16).padStart(2, '0')).join('');
}
