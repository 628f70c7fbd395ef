/** The outcome of the revocation of several tokens. */

import { read } from './api.js';
import { announce, button, el, fill } from './dom.js';
import { texts } from './texts.js';

const NOT_FOUND = 404;

/** Returns null for a failure that says that a token was not found; throws any other failure. */
export function isMissing(failure) {
  if (failure.status === NOT_FOUND) {
    return null;
  }
  throw failure;
}

/**
 * Sorts tokens by their outcome. The API reports a token that the user may read but not revoke as
 * not found; a read distinguishes the two cases.
 *
 * @param {object[]} tokens
 * @param {{revoked: string[], alreadyRevoked: string[], notFound: string[]}} answer ids, as in the
 *     API response
 * @returns {Promise<Object<string, object[]>>} tokens: `revoked`, `alreadyRevoked`, `notFound`,
 *     `refused`, and `failed` for those whose outcome is unknown
 */
export async function resultOf(tokens, answer) {
  const result = { revoked: [], alreadyRevoked: [], notFound: [], refused: [], failed: [] };
  await Promise.all(
    tokens.map(async (token) => {
      const kind = ['revoked', 'alreadyRevoked', 'notFound'].find((it) => answer[it].includes(token.id)) ?? 'failed';
      result[kind === 'notFound' ? await whyNotFound(token) : kind].push(token);
    }),
  );
  return result;
}

async function whyNotFound(token) {
  try {
    const found = await read(`service/${encodeURIComponent(token.id)}`).catch(isMissing);
    if (!found) {
      return 'notFound';
    }
    return found.status === 'revoked' ? 'alreadyRevoked' : 'refused';
  } catch {
    return 'failed';
  }
}

/**
 * Creates an area of a page that shows a result until it is dismissed or replaced.
 *
 * @param {function(): Element} heir returns the element that gets the focus after the result is
 *     dismissed
 */
export function resultArea(heir) {
  const element = el('div');

  function clear() {
    element.replaceChildren();
  }

  /** Shows a result and announces it once. */
  function show(result) {
    const others = ['alreadyRevoked', 'notFound', 'refused', 'failed'].filter((kind) => result[kind].length > 0);
    const isComplete = others.every((kind) => kind === 'alreadyRevoked');
    const heading = texts.revokedCount(result.revoked.length);
    const lines = others.map((kind) => texts.revokeResults[kind](result[kind].length));
    fill(
      element,
      el(
        'section',
        { class: isComplete ? 'note note-good' : 'note note-bad', 'aria-label': texts.revokeResult },
        el(
          'div',
          { class: 'row spread' },
          el('strong', null, heading),
          button(texts.dismiss, () => {
            clear();
            heir().focus();
          }, { class: 'btn btn-small' }),
        ),
        others.length > 0 &&
          el(
            'ul',
            { class: 'stack-tight' },
            others.map((kind, index) =>
              el('li', { class: 'any' }, lines[index], ' ', result[kind].map((token) => token.name).join(', ')),
            ),
          ),
      ),
    );
    announce([heading, ...lines].join(' '), 'result');
  }

  return { element, show, clear };
}
