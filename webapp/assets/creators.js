/** The filter by the creator of a token. */

import { read } from './api.js';
import { comboFilter } from './filters.js';
import { actor, foldCase } from './format.js';
import { texts } from './texts.js';

/** The form of a user that the API accepts, in any spelling. */
export const REF = /^(?:user:)?(?:[a-z0-9._-]+\/)?[a-z0-9._-]+$/i;
const SUBJECT = /^service-token:\S+$/;

/** @typedef {{value: string, text: string, note: string}} Option */

/**
 * Creates the filter. It offers the creators of the tokens that the page has loaded. For another
 * text it asks the server whether a user of that name has created tokens.
 *
 * @param {import('./session.js').Session} session
 */
export function creatorFilter(session) {
  /** @type {Map<string, Option>} */
  const known = new Map();
  /** The names that the user may type instead of a ref. */
  const displayNames = new Map([[session.subject, session.displayName]]);
  add(session.subject);

  /** @param {string} ref */
  function add(ref) {
    const option = known.get(ref) ?? optionOf(ref);
    known.set(ref, option);
    return option;
  }

  /** @param {string} ref */
  function optionOf(ref) {
    return { value: ref, text: actor(ref).textContent, note: ref };
  }

  /**
   * @param {string} typed
   * @param {AbortSignal} signal
   * @returns {Promise<Option[]>}
   */
  async function search(typed, signal) {
    const wanted = foldCase(typed);
    const matches = [...known.values()]
      .filter(({ value }) => [value, displayNames.get(value) ?? ''].some((name) => foldCase(name).includes(wanted)))
      .sort((a, b) => a.text.localeCompare(b.text));
    if (!typed || matches.some(({ value, text }) => [value, text].some((it) => foldCase(it) === wanted))) {
      return matches;
    }
    const found = await asked(typed, signal);
    return found && !matches.some(({ value }) => value === found.value) ? [...matches, found] : matches;
  }

  /**
   * Returns the creator of this name, if they have created a token that the user may read.
   *
   * @param {string} typed
   * @param {AbortSignal} [signal]
   */
  async function asked(typed, signal) {
    if (!REF.test(typed) && !SUBJECT.test(typed)) {
      return null; // the server accepts no display names
    }
    const { tokens } = await read('service', { createdBy: typed, limit: 1 }, signal);
    return tokens.length > 0 ? add(tokens[0].createdBy) : null;
  }

  const filter = comboFilter('createdBy', texts.createdBy, {
    placeholder: texts.anyone,
    listLabel: texts.creators,
    search,
    name: async (ref) => known.get(ref) ?? optionOf(ref),
    unknown: (typed) => texts.noSuchCreator(typed),
  });
  return {
    ...filter,
    /** @param {{createdBy: string}[]} tokens whose creators are offered from now on */
    learn: (tokens) => tokens.forEach(({ createdBy }) => add(createdBy)),
  };
}
