/** The field for the description of a service token. */

import { field, length, textArea } from './fields.js';
import { texts } from './texts.js';

const DESCRIPTION_LIMIT = 500;

/**
 * Creates the field.
 *
 * @param {string} before the description before the change; empty for a new token
 */
export function descriptionField(before = '') {
  const input = textArea('description', DESCRIPTION_LIMIT);
  input.value = before;
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
    /** Shows the operator's rule for descriptions. Only the server checks it. */
    expect(hint) {
      asked = hint ?? '';
      made.refresh();
    },
  };
}
