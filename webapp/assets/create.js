/** The dialog that creates a service token. */

import { read, tokenPage } from './api.js';
import { findCreated } from './created.js';
import { descriptionField } from './description.js';
import { announce, el, fill, note } from './dom.js';
import { expiryField, lifetimeDays } from './expiry.js';
import { CHECKED, field, length } from './fields.js';
import { openForm } from './form-dialog.js';
import { DAY_MILLIS, longDay, shortRef } from './format.js';
import { writeFreshly } from './fresh.js';
import { groupPicker } from './groups.js';
import { foldedLimits, limitFields } from './limits.js';
import { freeName, slug } from './naming.js';
import { showOnce, whoAmICommand, whoseToken } from './once.js';
import { forgetPrefill, readPrefill } from './prefill.js';
import { scopesField } from './scopes.js';
import { texts } from './texts.js';

const NAME = /^[a-z0-9-]{1,100}$/;
const NAME_LIMIT = 100;
const DEFAULT_DAYS = 30;

/**
 * Opens the dialog if the address of the list asks for it, and fills in what the address says. The
 * user sees all of it, and decides whether to send it.
 *
 * @param {{onCreated: function(object=): void, focusAfter: function(): Element}} what
 */
export function createFromAddress(what) {
  const asked = readPrefill(location.search);
  if (asked) {
    openCreate({ ...what, asked });
  }
}

/**
 * Opens the dialog.
 *
 * @param {{onCreated: function(object=): void, focusAfter: function(): Element, from?: object, asked?:
 *     {values: import('./prefill.js').Prefill, ignored: string[]}}} what `from` is a token whose
 *     properties are taken over, `asked` holds what a link fills in
 */
export function openCreate({ onCreated, focusAfter, from, asked }) {
  const name = nameField();
  const description = descriptionField();
  const owner = ownerField(() => limits());
  const scopes = scopesField({ fromToken: true });
  const expiry = expiryField(DEFAULT_DAYS);
  const ofToken = limitFields();
  const { addresses, rate } = ofToken;
  const folded = foldedLimits(ofToken);
  /** The latest request. The user can change the fields after it. */
  let sent = null;
  const fields = [name, owner, description, scopes, expiry, addresses, rate];
  /** The group whose limits are applied or loading; empty if there is none. */
  let limited = '';

  openForm({
    title: texts.createTitle,
    wide: true,
    body: [
      from && note({ sign: 'clone' }, texts.copiedFrom(from.name), el('p', null, texts.copiedFromText)),
      asked && (asked.ignored.length > 0 || Object.keys(asked.values).length > 0) && fromLink(asked, scopes),
      el('div', { class: 'pair' }, name.element, owner.element),
      description.element,
      scopes.element,
      expiry.element,
      folded,
    ],
    summary,
    submit: texts.createToken,
    submitClass: 'btn-primary',
    fields,
    byName: {
      name,
      description,
      groupEntityRef: owner,
      scopes,
      expiresInDays: expiry,
      expiresAt: expiry,
      allowedAddresses: addresses,
      requestsPerMinute: rate,
    },
    isChanged: () =>
      name.control.value !== '' ||
      description.control.value !== '' ||
      owner.isChanged() ||
      scopes.chosen().length > 0 ||
      expiry.isChanged() ||
      ofToken.isChanged(),
    send,
    done: show,
    refused,
    unanswered: texts.maybeCreated,
    creates: () => `${sent.groupEntityRef} ${sent.name}`,
    check: (since) =>
      findCreated('service', { q: sent.name, groupEntityRef: sent.groupEntityRef, sort: '-createdAt' }, sent.name, since, (token) => tokenPage(token.id)),
    checked: () => onCreated(),
    onClose: () => asked && forgetPrefill(),
    focusAfter: (created) => (created ? null : focusAfter()),
  });
  name.focus();
  scopes.load();
  if (asked) {
    fillIn(asked.values);
  } else if (from) {
    takeOver(from);
  }
  (asked?.values.group ? owner.picker.find(asked.values.group) : owner.picker.prepare()).then(limits);

  /** Takes over all but the name, which is a new one. */
  function takeOver(token) {
    fillIn({ ...token, name: '', group: token.groupEntityRef, expiresInDays: lifetimeDays(token) });
    owner.picker.show(token.groupEntityRef, token.groupDisplayName);
    limits();
    freeName(token.name, token.groupEntityRef).then((free) => {
      if (name.control.value === '') {
        name.control.value = free;
        name.control.select();
        name.refresh();
      }
    });
  }

  /** @param {import('./prefill.js').Prefill} values */
  function fillIn(values) {
    name.control.value = values.name ?? '';
    description.control.value = values.description ?? '';
    owner.control.value = values.group ?? '';
    scopes.choose(values.scopes ?? []);
    if (values.expiresInDays) {
      expiry.choose(values.expiresInDays);
    }
    addresses.control.value = (values.allowedAddresses ?? []).join('\n');
    rate.control.value = values.requestsPerMinute ? String(values.requestsPerMinute) : '';
    folded.open = ofToken.isChanged();
    fields.filter((it) => it.control?.value).forEach((it) => it.verify());
  }

  /** Shows in the foot what will be created. */
  function summary() {
    const count = scopes.chosen().length;
    const days = expiry.days();
    if (name.control.value === '' || name.isWrong() || count === 0 || !days) {
      return '';
    }
    const group = owner.control.value.trim();
    return [el('strong', null, name.control.value), texts.willBe(group, count, longDay(Date.now() + days * DAY_MILLIS))];
  }

  /** Applies the limits of the chosen group. There are none until they are loaded. */
  async function limits() {
    const ref = owner.picker.ref();
    if (limited === ref) {
      return;
    }
    // Nothing is replaced without need: the user may be pressing a button while the field loses the focus.
    if (limited !== '') {
      apply({});
    }
    limited = ref;
    if (ref === '') {
      return;
    }
    try {
      const answer = await read('service/limits', { groupEntityRef: ref });
      if (limited === ref) {
        apply(answer);
      }
    } catch {
      if (limited === ref) {
        limited = ''; // the next choice reads them again, and the server checks them at creation
      }
    }
  }

  /**
   * @param {{allowedScopes?: string[], descriptionHint?: string, liveTokens?: number, maxLiveTokens?: number,
   *     maxLifetimeDays?: number}} group the response with the limits
   */
  function apply({ allowedScopes, descriptionHint, liveTokens, maxLiveTokens, maxLifetimeDays }) {
    scopes.allow(allowedScopes ?? null);
    description.expect(descriptionHint);
    owner.describe(liveTokens, maxLiveTokens, expiry.limit(maxLifetimeDays ?? null));
  }

  function send(signal) {
    sent = {
      name: name.control.value,
      description: description.control.value.trim(),
      groupEntityRef: owner.picker.value(),
      scopes: scopes.chosen(),
      ...expiry.request(),
      ...ofToken.changes(),
    };
    return writeFreshly('POST', 'service', sent, {}, signal);
  }

  function refused(failure, { refuse }) {
    if (failure.status !== 409 || failure.violations.length > 0) {
      return false;
    }
    const taken = sent.name;
    name.refuse(texts.nameTaken);
    refuse([name]);
    freeName(taken, sent.groupEntityRef).then((free) => {
      if (name.isWrong() && name.control.value === taken) {
        name.refuse(texts.nameTaken, [free]);
      }
    });
    return true;
  }

  function show(answer) {
    const { token, rawToken } = answer;
    answer.rawToken = '';
    onCreated(token);
    announce(texts.tokenCreated);
    return showOnce(rawToken, {
      whose: whoseToken('', token.name, token.groupDisplayName || shortRef(token.groupEntityRef), token.expiresAt),
      name: token.name,
      commands: [whoAmICommand()],
      focusAfter,
    });
  }
}

/** Shows that a link filled in the form, what the scopes allow, and which values are not valid. */
function fromLink({ ignored }, scopes) {
  const allowed = el('ul', { class: 'bullets' });
  const update = () => fill(allowed, scopes.meanings().map((text) => el('li', { class: 'any' }, text)));
  scopes.element.addEventListener(CHECKED, update);
  update();
  return note(
    { tone: 'warn', sign: 'link' },
    texts.filledByLink,
    el('p', null, texts.filledByLinkText),
    allowed,
    ignored.length > 0 && el('p', null, texts.linkIgnored(ignored.join(', '))),
  );
}

function nameField() {
  const input = el('input', {
    class: 'input',
    type: 'text',
    name: 'name',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    required: true,
  });
  return field({ name: 'name', label: texts.name, control: input, hint: () => texts.nameHint, check, suggest });

  function check(value) {
    if (!value) {
      return texts.nameMissing;
    }
    if (length(value) > NAME_LIMIT) {
      return texts.nameTooLong;
    }
    return NAME.test(value) ? '' : texts.nameWrong;
  }

  function suggest(value) {
    return slug(value) && slug(value) !== value ? [slug(value)] : [];
  }
}

function ownerField(onChange) {
  let described = '';
  let byUser = false;
  const picker = groupPicker({ onChange: () => made.update() });
  const made = field({
    name: 'group',
    label: texts.owningGroup,
    control: picker.input,
    around: picker.element,
    hint: () => {
      const ref = picker.ref();
      return ref ? el('span', null, el('code', null, ref), described) : texts.groupHint;
    },
    check: (value) => (value.trim() === '' ? texts.groupMissing : ''),
  });
  picker.element.addEventListener('input', () => {
    byUser = true;
  });
  return Object.assign(made, {
    picker,
    /** Returns true if the user typed or chose a group; a preselected single group does not count. */
    isChanged: () => byUser && picker.input.value !== '',
    update() {
      described = '';
      made.refresh();
      byUser ||= document.activeElement === picker.input;
      onChange();
    },
    /**
     * Shows how many tokens the group has if their number is limited. Also shows what the choice of
     * the group changed in another field, which may be out of sight.
     */
    describe(live, maximum, changed) {
      described = [maximum ? texts.liveTokens(live, maximum) : '', changed ? `. ${changed}` : ''].join('');
      made.refresh();
    },
  });
}
