/** The dialog that changes a service token. */

import { Failure, read, write } from './api.js';
import { descriptionField } from './description.js';
import { el } from './dom.js';
import { field } from './fields.js';
import { openForm } from './form-dialog.js';
import { isoDay, isoDayIn, minute } from './format.js';
import { withFreshSignIn } from './fresh.js';
import { limitFields } from './limits.js';
import { scopesField } from './scopes.js';
import { texts } from './texts.js';
import { toast } from './toasts.js';

const CONFLICT = 409;

/**
 * Opens the dialog. Its request contains only the changed fields, so it can be sent again. It is not
 * sent if one of these fields was changed elsewhere while the dialog was open.
 *
 * @param {object} token
 * @param {{onChanged: function(): void, focusAfter?: function(): Element, first?:
 *     'scopes'|'limits'}} what `first` is the part that gets the focus; the description by default
 */
export function openEdit(token, { onChanged, focusAfter, first }) {
  const description = descriptionField(token.description);
  /** The description as the control shows it, with other line breaks and without outer white space. */
  const described = description.control.value.trim();
  const scopes = scopesField({ given: token.scopes });
  const expiry = earlierExpiry(token.expiresAt);
  const limits = limitFields(token);
  const { addresses, rate } = limits;
  const path = `service/${encodeURIComponent(token.id)}`;
  const byName = {
    description,
    scopes,
    expiresAt: expiry,
    allowedAddresses: addresses,
    requestsPerMinute: rate,
  };
  let ended = false;
  /** The labels of the fields that were changed elsewhere. */
  let changedElsewhere = '';

  openForm({
    title: texts.editTitle(token.name),
    body: [
      el('p', { class: 'quiet' }, texts.editFinal),
      description.element,
      scopes.element,
      el('div', { class: 'pair' }, expiry.element, rate.element),
      addresses.element,
    ],
    submit: texts.saveChanges,
    submitClass: 'btn-primary',
    fields: [description, scopes, expiry, rate, addresses],
    byName,
    isChanged: () => !ended && Object.keys(changes()).length > 0,
    async send(signal) {
      const changed = changes();
      if (Object.keys(changed).length > 0) {
        await withFreshSignIn(() => change(changed, signal));
      }
      return changed;
    },
    done(changed) {
      if (Object.keys(changed).length > 0) {
        toast({ kind: 'good', title: texts.changed(token.name) });
      }
      onChanged();
    },
    refused(failure, { giveUp }) {
      if (failure.status !== CONFLICT) {
        return false;
      }
      ended = true;
      giveUp(changedElsewhere ? texts.changedElsewhere(changedElsewhere) : texts.endedMeanwhile);
      onChanged();
      return true;
    },
    isRepeatable: true,
    unanswered: texts.maybeChanged,
    focusAfter: (changed) => (changed || ended ? focusAfter?.() : null),
  });
  description.focus();
  loadScopes();
  bounds();

  async function change(changed, signal) {
    const current = await read(path, {}, signal);
    // A repeated request can find its own changes.
    const others = Object.keys(changed).filter((name) => ![token, changed].some((it) => isSame(it[name], current[name])));
    if (others.length > 0) {
      changedElsewhere = others.map((name) => byName[name].label).join(', ');
      throw new Failure(CONFLICT, {});
    }
    await write('PATCH', path, changed, {}, signal);
  }

  /** Moves the focus as soon as the part exists, unless the user has moved it. */
  async function loadScopes() {
    if (first === 'limits') {
      rate.focus();
    }
    await scopes.load();
    if (first === 'scopes' && document.activeElement === description.control) {
      scopes.focus();
    }
  }

  /** Shows the rules of the owning group. The server checks them in any case. */
  async function bounds() {
    try {
      const answer = await read('service/limits', { groupEntityRef: token.groupEntityRef });
      scopes.allow(answer.allowedScopes ?? null);
      description.expect(answer.descriptionHint);
    } catch {
      // The token can be changed without this information.
    }
  }

  /** Returns the changed fields. */
  function changes() {
    const changed = limits.changes();
    const text = description.control.value.trim();
    const chosen = scopes.chosen();
    const expiresAt = expiry.changed();
    if (text !== described) {
      changed.description = text;
    }
    if (scopes.isLoaded() && sorted(chosen) !== sorted(token.scopes)) {
      changed.scopes = chosen;
    }
    if (expiresAt) {
      changed.expiresAt = expiresAt;
    }
    return changed;
  }
}

/** Compares two values of a field. The order of scopes and addresses does not matter. */
function isSame(a, b) {
  return Array.isArray(a) && Array.isArray(b) ? sorted(a) === sorted(b) : (a ?? null) === (b ?? null);
}

function sorted(ids) {
  return [...ids].sort().join(' ');
}

/** Creates the field for an expiry that can only become earlier. The time of day stays the same. */
function earlierExpiry(before) {
  const until = new Date(before);
  const input = el('input', {
    class: 'input date',
    type: 'date',
    name: 'expires',
    required: true,
    min: isoDayIn(0),
    max: isoDay(until),
    props: { value: isoDay(until) },
  });

  function instant() {
    const [year, month, dayOfMonth] = input.value.split('-').map(Number);
    const at = new Date(until);
    at.setFullYear(year, month - 1, dayOfMonth);
    return at;
  }

  const made = field({
    name: 'expires',
    label: texts.expiryDate,
    control: input,
    hint: () => [input.value ? texts.expiresAtTime(minute(instant())) : '', texts.onlyEarlier].join(' '),
    check(value) {
      if (!value) {
        return texts.expiryMissing;
      }
      if (instant() > until) {
        return texts.expiryNotEarlier(minute(until));
      }
      return instant() <= new Date() ? texts.expiryOver : '';
    },
  });
  return {
    ...made,
    /** Returns the new expiry, or null if it is the one before, or if there is no date. */
    changed: () => (['', isoDay(until)].includes(input.value) ? null : instant().toISOString()),
  };
}
