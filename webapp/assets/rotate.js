/** The dialog that gives a token a new secret. */

import { read } from './api.js';
import { acceptedCallers, callerName, callersInDialog, callerUses } from './callers.js';
import { announce, el, fill, icon, newId, note, svg } from './dom.js';
import { expiryField, lifetimeDays } from './expiry.js';
import { sentence } from './fields.js';
import { openForm } from './form-dialog.js';
import { day, DAY_MILLIS, dayMonth, minute, number, relative, time, timeOfDay } from './format.js';
import { writeFreshly } from './fresh.js';
import { graceField } from './grace.js';
import { personalCommands, showOnce, whoAmICommand } from './once.js';
import { texts } from './texts.js';

const SECOND = 1000;
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

/** Returns the same of a personal token of the session's user. */
export function personalSubject(token, session) {
  return {
    token,
    path: `personal/${encodeURIComponent(token.id)}`,
    prefix: token.prefix,
    commands: () => personalCommands(session),
  };
}

/**
 * Opens the dialog.
 *
 * @param {{token: object, path: string, prefix: string, group?: string, commands: function():
 *     object[]}} subject the token, its resource, the prefix of its secret, the owning group, and
 *     commands that use the new secret
 * @param {{onRotated: function(): void, focusAfter?: function(): Element, usage?: object}} what `usage` is
 *     the usage of the token if the page knows it, so that the callers are shown at once
 */
export function openRotate(subject, { onRotated, focusAfter, usage: known }) {
  const { token, path, prefix } = subject;
  const lifetime = lifetimeDays(token);
  const grace = graceField(showPlan);
  const expiry = expiryField(lifetime, { label: texts.newExpiry, before: lifetime });
  const steps = el('ol');
  const lines = el('div');
  const planId = newId('plan');
  const plan = el('section', { class: 'timeline', 'aria-labelledby': planId }, el('h3', { id: planId }, texts.whatHappens), lines, steps);
  const callers = el('div', { role: 'status' });
  const older = el('div');
  const choices = el('fieldset', { class: 'stack-large', 'aria-label': texts.choices }, grace.element, expiry.element);
  /** The request and its key. A repeat after a lost response sends exactly the same. */
  let attempt = null;
  let isLost = false;
  let isOver = false;

  openForm({
    title: texts.rotateTitle(token.name),
    body: [
      el('p', { class: 'quiet' }, texts.rotateKeeps),
      token.previousSecret && olderSecret(token.previousSecret, older),
      el('div', { class: 'stack-large' }, callers, choices, plan),
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
    if (known) {
      showUsage(known);
    } else {
      fill(callers, pulseNote(el('p', { class: 'quiet' }, texts.lookingForCallers)));
    }
    try {
      showUsage(await read(`${path}/usage`, { days: 1 }));
    } catch {
      // The token can be rotated without this information.
      if (!known) {
        fill(callers, pulseNote(el('p', { class: 'quiet' }, texts.callersUnknown)));
      }
    }
  }

  function showUsage(usage) {
    const atOnce = acceptedCallers(usage, 'previous');
    fill(callers, toUpdate(usage));
    showPlan();
    fill(older, atOnce.length > 0 && [el('p', null, texts.olderGetRefused), callersInDialog(texts.callersOfOld, atOnce)]);
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
    if (Number.isNaN(seconds)) {
      return; // a wrong number must not look like an immediate end
    }
    const days = expiry.days();
    const step = (when, text) => el('li', null, el('span', null, when), ' ', el('span', null, text));
    const hasGrace = seconds > 0;
    const end = hasGrace ? oldSecretEnd(seconds) : null;
    const expiresAt = days > 0 ? new Date(Date.now() + days * DAY_MILLIS).toISOString() : null;
    // Without a grace period, the callers are cut off at once.
    callers.querySelector('.note')?.classList.toggle('note-warn', seconds === 0);
    fill(lines, timeLine(end, expiresAt, grace.endsOnFirstUse()));
    fill(
      steps,
      step(texts.now, hasGrace ? texts.bothWork : texts.oldEndsNow),
      hasGrace && step(texts.untilThen, texts.watchOld),
      hasGrace && step(time(end, soon), grace.endsOnFirstUse() ? texts.oldEndsAtFirstUse : texts.oldEnds),
      expiresAt && step(time(expiresAt, days < 1 ? soon : day), texts.tokenExpires),
    );
  }

  async function send(signal) {
    attempt ??= {
      key: newKey(),
      body: {
        gracePeriodSeconds: grace.seconds(),
        endGraceOnFirstUse: grace.endsOnFirstUse(),
        ...expiry.request(),
        // If the token was rotated meanwhile, another rotation would end the secret that is in use.
        expectedTokenPrefix: prefix,
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

  function refused(failure, { giveUp }) {
    if (FINAL.includes(failure.status)) {
      isOver = true;
      giveUp(sentence(failure.message), isLost ? ` ${texts.lookBeforeRotating}` : '');
      onRotated();
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
      about: el(
        'div',
        { class: 'note' },
        icon('clock'),
        el('p', null, oldSecretAfter(prefix, previousSecret, attempt.body.endGraceOnFirstUse)),
      ),
      commands: subject.commands(),
      lost: texts.closeRotated,
      name: rotated.name,
      isRotated: true,
      focusAfter,
    });
  }
}

/** Formats an instant of the next weeks, without the year. */
function soon(instant) {
  return `${dayMonth(instant)}, ${timeOfDay(instant)}`;
}

/**
 * Draws how long both secrets are valid. The lengths are not to scale: a day would vanish beside a
 * year.
 *
 * @param {string|null} end of the old secret; null if it ends now
 * @param {string|null} expiresAt the new expiry; null if it is not known
 * @param {boolean} maySooner true if the first use of the new secret ends the old one
 */
function timeLine(end, expiresAt, maySooner) {
  const start = 22;
  const until = end ? 56 : start;
  const y = { old: 4, fresh: 36, height: 14, tick: 66, label: 82 };
  const part = (name, x, to, top) => svg('rect', { class: name, x: `${x}%`, width: `${to - x}%`, y: top, height: y.height, rx: 4 });
  const label = (x, text, name = 'soft') => svg('text', { class: name, x: `${x}%`, y: y.label }, text);
  const rowName = (top, short, name) => svg('text', { class: name, x: 0, y: top + 11 }, short, svg('tspan', { class: 'wide-only' }, ` ${texts.secretWord}`));
  const description = [
    expiresAt && texts.newValidUntil(minute(expiresAt)),
    end ? texts.oldValidUntil(minute(end)) : texts.oldEndsAtOnce,
  ];
  return svg(
    'svg',
    { height: y.label + 4, role: 'img', 'aria-label': description.filter((it) => it).join(' ') },
    svg('line', { class: 'tick', x1: `${start}%`, x2: `${start}%`, y1: 0, y2: y.tick }),
    end && svg('line', { class: 'tick', x1: `${until}%`, x2: `${until}%`, y1: 0, y2: y.tick }),
    rowName(y.old, texts.oldWord, 'soft'),
    end && part(maySooner ? 'old is-unsure' : 'old', start, until, y.old),
    part('gone', until + 0.5, 99.5, y.old),
    svg('text', { class: 'soft', x: `${until + 2.5}%`, y: y.old + 11 }, texts.refusedWith401),
    rowName(y.fresh, texts.newWord, null),
    part('new', start, 100, y.fresh),
    label(start, texts.now),
    end && svg('text', { class: 'soft', x: `${until}%`, y: y.label }, dayMonth(end), svg('tspan', { class: 'wide-only' }, `, ${timeOfDay(end)}`)),
    expiresAt && label(100, day(expiresAt), 'soft end'),
  );
}

/** Names the callers that need the new secret, or shows the last use if no caller is known. */
function toUpdate(usage) {
  const callers = acceptedCallers(usage, 'current', 'previous');
  if (callers.length === 1) {
    const [caller] = callers;
    return pulseNote(el('p', null, el('strong', null, texts.callerToUpdate), callerName(caller), ', ', callerUses(caller)));
  }
  if (callers.length > 1) {
    const heading = texts.callersToUpdate(number(callers.length));
    return pulseNote(el('strong', null, heading), callersInDialog(heading, callers));
  }
  const { accepted, days } = usage;
  const today = days?.at(-1)?.accepted ?? 0;
  return accepted.lastAt
    ? pulseNote(
        el(
          'p',
          null,
          el('strong', null, texts.toUpdate),
          texts.lastUsedAt,
          time(accepted.lastAt, relative),
          accepted.lastAddress && [` ${texts.from} `, el('code', null, accepted.lastAddress)],
          texts.usesToday(today, number(today)),
        ),
      )
    : pulseNote(el('p', null, texts.noneToUpdate));
}

function pulseNote(...content) {
  return note({ sign: 'pulse' }, null, content);
}

/** Warns that a further rotation ends the older secret, and says who uses that. */
function olderSecret(previous, callers) {
  return note(
    { tone: 'warn', sign: 'alert' },
    texts.olderEnds(previous.tokenPrefix),
    el('p', null, texts.atMostTwo, ' ', usesOf(previous)),
    callers,
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

/** Returns a new random key. `randomUUID` exists only on secure connections. */
function newKey() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (it) => it.toString(16).padStart(2, '0')).join('');
}
