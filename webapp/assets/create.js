/** The dialog that creates a service token. */

import { read, tokenPage } from './api.js';
import { findCreated } from './created.js';
import { descriptionField } from './description.js';
import { announce, el } from './dom.js';
import { expiryField } from './expiry.js';
import { field, length } from './fields.js';
import { openForm } from './form-dialog.js';
import { shortRef } from './format.js';
import { writeFreshly } from './fresh.js';
import { groupPicker } from './groups.js';
import { foldedLimits, limitFields } from './limits.js';
import { showOnce, whoAmICommand, whoseToken } from './once.js';
import { scopesField } from './scopes.js';
import { texts } from './texts.js';

const NAME = /^[a-z0-9-]{1,100}$/;
const NAME_LIMIT = 100;
const DEFAULT_DAYS = 30;

/**
 * Opens the dialog.
 *
 * @param {{onCreated: function(object), focusAfter: function(): Element}} what
 */
export function openCreate({ onCreated, focusAfter }) {
  const name = nameField();
  const description = descriptionField();
  const owner = ownerField(() => limits());
  const scopes = scopesField();
  const expiry = expiryField(DEFAULT_DAYS);
  const ofToken = limitFields();
  const { addresses, rate } = ofToken;
  const fields = [name, owner, description, scopes, expiry, addresses, rate];
  let limited = null;

  openForm({
    title: texts.createTitle,
    body: [
      el('div', { class: 'pair' }, name.element, owner.element),
      description.element,
      scopes.element,
      expiry.element,
      foldedLimits(ofToken),
    ],
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
    check: () => findCreated('service', { q: name.control.value, sort: '-createdAt' }, name.control.value, (token) => tokenPage(token.id)),
    checked: onCreated,
    focusAfter: (created) => (created ? null : focusAfter()),
  });
  name.focus();
  scopes.load();
  owner.picker.prepare().then(limits);

  /** Applies the limits of the chosen group. */
  async function limits() {
    const ref = owner.picker.ref();
    if (ref === '' || limited === ref) {
      return;
    }
    limited = ref;
    try {
      const answer = await read('service/limits', { groupEntityRef: ref });
      if (limited === ref) {
        scopes.allow(answer.allowedScopes ?? null);
        description.expect(answer.descriptionHint);
        owner.describe(answer.liveTokens, answer.maxLiveTokens, expiry.limit(answer.maxLifetimeDays));
      }
    } catch {
      limited = null; // the next choice reads them again, and the server checks them at creation
    }
  }

  function send(signal) {
    const request = {
      name: name.control.value,
      description: description.control.value.trim(),
      groupEntityRef: owner.picker.value(),
      scopes: scopes.chosen(),
      expiresInDays: expiry.days(),
      ...ofToken.changes(),
    };
    return writeFreshly('POST', 'service', request, {}, signal);
  }

  function refused(failure, { refuse }) {
    if (failure.status !== 409 || failure.violations.length > 0) {
      return false;
    }
    name.refuse(texts.nameTaken);
    refuse([name]);
    return true;
  }

  function show(answer) {
    const { token, rawToken } = answer;
    answer.rawToken = '';
    onCreated(token);
    announce(texts.tokenCreated);
    return showOnce(rawToken, {
      whose: whoseToken(
        texts.theToken,
        token.name,
        token.groupDisplayName || shortRef(token.groupEntityRef),
        token.expiresAt,
      ),
      commands: [whoAmICommand()],
      focusAfter,
    });
  }
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
  return field({ name: 'name', label: texts.name, control: input, hint: () => texts.nameHint, check });

  function check(value) {
    if (!value) {
      return texts.nameMissing;
    }
    if (length(value) > NAME_LIMIT) {
      return texts.nameTooLong;
    }
    return NAME.test(value) ? '' : texts.nameWrong(suggestion(value));
  }

  function suggestion(value) {
    const plain = value.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
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
  made.picker = picker;
  /** Returns true if the user typed or chose a group; a preselected single group does not count. */
  made.isChanged = () => byUser && picker.input.value !== '';
  made.update = () => {
    described = '';
    made.refresh();
    byUser ||= document.activeElement === picker.input;
    if (picker.ref()) {
      onChange();
    }
  };
  /**
   * Shows how many tokens the group has if their number is limited. Also shows what the choice of
   * the group changed in another field, which may be out of sight.
   */
  made.describe = (live, maximum, changed) => {
    described = [maximum ? texts.liveTokens(live, maximum) : '', changed ? `. ${changed}` : ''].join('');
    made.refresh();
  };
  return made;
}
