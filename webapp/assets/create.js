/** The dialog that creates a service token. */

import { Failure, page, read } from './api.js';
import { announce, button, el, fill } from './dom.js';
import { openDialog } from './dialog.js';
import { expiryField } from './expiry.js';
import { field, length, sentence, textArea } from './fields.js';
import { shortRef } from './format.js';
import { groupPicker } from './groups.js';
import { reason } from './frame.js';
import { writeFreshly } from './fresh.js';
import { showOnce, whoAmICommand, whoseToken } from './once.js';
import { scopesField } from './scopes.js';
import { texts } from './texts.js';

const NAME = /^[a-z0-9-]{1,100}$/;
const NAME_LIMIT = 100;
const DESCRIPTION_LIMIT = 500;
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
  const expiry = expiryField();
  const fields = [name, owner, description, scopes, expiry];
  const alert = el('p', { class: 'error', role: 'alert' });
  const submit = el('button', { class: 'btn btn-primary', type: 'submit' }, texts.createToken);
  let created = null;
  let sending = false;

  const dialog = openDialog({
    title: texts.createTitle,
    body: [
      el('div', { class: 'pair' }, name.element, owner.element),
      description.element,
      scopes.element,
      expiry.element,
    ],
    foot: [alert, button(texts.cancel, () => dialog.close()), submit],
    mayClose: () => !sending && !isTyped(),
    onSubmit: send,
    focusAfter: () => (created ? null : focusAfter()),
  });
  name.focus();
  expiry.limit(null, DEFAULT_DAYS);
  scopes.load();
  owner.picker.prepare().then(limits);

  /** A stray click or Escape does not throw away what was typed. */
  function isTyped() {
    const typed = name.control.value !== '' || description.control.value !== '';
    if (typed) {
      alert.textContent = texts.notThrownAway;
    }
    return typed;
  }

  let limited = null;

  /** The limits of the group that is chosen. */
  async function limits() {
    const ref = owner.picker.ref();
    if (ref === '' || limited === ref) {
      return;
    }
    limited = ref;
    try {
      const answer = await read('service/limits', { groupEntityRef: ref });
      if (limited === ref) {
        expiry.limit(answer.maxLifetimeDays, answer.defaultLifetimeDays);
        scopes.allow(answer.allowedScopes ?? null);
        description.expect(answer.descriptionHint);
        owner.count(answer.liveTokens, answer.maxLiveTokens);
      }
    } catch {
      // Creating the token says what its limits are.
    }
  }

  async function send() {
    if (sending) {
      return;
    }
    const wrong = fields.filter((it) => !it.verify());
    if (wrong.length > 0) {
      refuse(wrong);
      return;
    }
    sending = true;
    submit.setAttribute('aria-disabled', 'true');
    alert.textContent = '';
    try {
      const answer = await writeFreshly('POST', 'service', {
        name: name.control.value,
        description: description.control.value.trim(),
        groupEntityRef: owner.picker.value(),
        scopes: scopes.chosen(),
        expiresInDays: expiry.days(),
      });
      created = answer.token;
      dialog.close();
      onCreated(created);
      announce(texts.tokenCreated);
      const { rawToken } = answer;
      answer.rawToken = '';
      await showOnce(rawToken, {
        whose: whoseToken(
          texts.theToken,
          created.name,
          created.groupDisplayName || shortRef(created.groupEntityRef),
          created.expiresAt,
        ),
        commands: [whoAmICommand()],
        focusAfter,
      });
    } catch (e) {
      show(e);
    } finally {
      sending = false;
      submit.removeAttribute('aria-disabled');
    }
  }

  function refuse(wrong) {
    alert.textContent = texts.fieldsToLookAt(wrong.length);
    wrong[0].focus();
  }

  function show(failure) {
    if (!(failure instanceof Failure)) {
      throw failure;
    }
    const named = {
      name,
      description,
      groupEntityRef: owner,
      scopes,
      expiresInDays: expiry,
      expiresAt: expiry,
    };
    const wrong = [];
    for (const { field: at, message } of failure.violations) {
      const target = named[at.replace(/[.[].*$/, '')];
      if (target) {
        target.refuse(sentence(message));
        wrong.push(target);
      }
    }
    if (failure.status === 409 && wrong.length === 0) {
      name.refuse(texts.nameTaken);
      wrong.push(name);
    }
    if (failure.status === 401) {
      fill(alert, texts.signedOutMeanwhile, ' ', el('a', { href: page('sign-in'), target: '_blank' }, texts.signInElsewhere));
    } else if (wrong.length > 0) {
      refuse(wrong);
    } else {
      alert.textContent = reason(failure);
    }
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

function descriptionField() {
  const input = textArea('description', DESCRIPTION_LIMIT);
  let asked = '';
  const made = field({
    name: 'description',
    label: texts.description,
    control: input,
    hint: () => [asked || texts.descriptionHint, texts.characters(length(input.value), DESCRIPTION_LIMIT)].join(' '),
    check(value) {
      if (value.trim() === '') {
        return texts.descriptionMissing;
      }
      const count = length(value.trim());
      return count > DESCRIPTION_LIMIT ? texts.tooLong(count, DESCRIPTION_LIMIT) : '';
    },
  });
  return {
    ...made,
    /** What the operator asks of descriptions; whether one is as asked for, the server says. */
    expect(hint) {
      asked = hint ?? '';
      made.refresh();
    },
  };
}

function ownerField(onChange) {
  let counted = '';
  const picker = groupPicker({ onChange: () => made.update() });
  const made = field({
    name: 'group',
    label: texts.owningGroup,
    control: picker.input,
    around: picker.element,
    hint: () => {
      const ref = picker.ref();
      return ref ? el('span', null, el('code', null, ref), counted) : texts.groupHint;
    },
    check: (value) => (value.trim() === '' ? texts.groupMissing : ''),
  });
  made.picker = picker;
  made.update = () => {
    counted = '';
    made.refresh();
    if (picker.ref()) {
      onChange();
    }
  };
  /** How many tokens the group has, if it may not have any number. */
  made.count = (live, maximum) => {
    counted = maximum ? texts.liveTokens(live, maximum) : '';
    made.refresh();
  };
  return made;
}
