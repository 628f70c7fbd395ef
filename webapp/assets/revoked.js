/** The outcome of the revocation of several tokens. */

import { read } from './api.js';
import { number } from './format.js';
import { texts } from './texts.js';
import { toast } from './toasts.js';

const NOT_FOUND = 404;
/** The number of reads at the same time. */
const AT_ONCE = 20;
const KINDS = ['alreadyRevoked', 'notFound', 'refused', 'failed', 'notSent'];

/** Returns null for a failure that says that a token was not found; throws any other failure. */
export function isMissing(failure) {
  if (failure.status === NOT_FOUND) {
    return null;
  }
  throw failure;
}

/**
 * Reads tokens, a few at the same time.
 *
 * @param {object[]} tokens
 * @returns {Promise<(object|null)[]>} in the same order; null for a token that was not found
 */
export async function readAll(tokens) {
  const found = [];
  for (let from = 0; from < tokens.length; from += AT_ONCE) {
    const part = tokens.slice(from, from + AT_ONCE);
    found.push(...(await Promise.all(part.map((token) => read(`service/${encodeURIComponent(token.id)}`).catch(isMissing)))));
  }
  return found;
}

/**
 * Sorts tokens by their outcome. The API reports a token that the user may read but not revoke as
 * not found; a read distinguishes the two cases.
 *
 * @param {object[]} tokens
 * @param {{revoked: string[], alreadyRevoked: string[], notFound: string[], notSent?: string[]}}
 *     answer ids, as in the API response; `notSent` are those that no request contained.
 *     An id in none of the lists was in a request without a response
 * @returns {Promise<Object<string, object[]>>} tokens: `revoked`, `alreadyRevoked`, `notFound`,
 *     `refused`, `notSent`, and `failed` for those whose outcome is unknown
 */
export async function resultOf(tokens, answer) {
  const result = { revoked: [], alreadyRevoked: [], notFound: [], refused: [], notSent: [], failed: [] };
  const kinds = new Map(
    ['revoked', 'alreadyRevoked', 'notFound', 'notSent'].flatMap((kind) => (answer[kind] ?? []).map((id) => [id, kind])),
  );
  const missing = tokens.filter(({ id }) => kinds.get(id) === 'notFound');
  const reasons = await readAll(missing)
    .then((found) => found.map((token) => whyNotFound(token)))
    .catch(() => missing.map(() => 'failed'));
  missing.forEach(({ id }, index) => kinds.set(id, reasons[index]));
  tokens.forEach((token) => result[kinds.get(token.id) ?? 'failed'].push(token));
  return result;
}

function whyNotFound(token) {
  if (!token) {
    return 'notFound';
  }
  return token.status === 'revoked' ? 'alreadyRevoked' : 'refused';
}

/**
 * Shows a result in a message that stays until it is closed. It names each token that was not
 * revoked by this request.
 *
 * @param {Object<string, object[]>} result as {@link resultOf} returns it
 */
export function showResult(result) {
  const others = KINDS.filter((kind) => result[kind].length > 0);
  const isComplete = others.every((kind) => kind === 'alreadyRevoked');
  toast({
    kind: isComplete ? 'good' : result.revoked.length > 0 ? 'warn' : 'bad',
    title: texts.revokedCount(result.revoked.length, number(result.revoked.length)),
    items: others.map(
      (kind) => `${texts.revokeResults[kind](result[kind].length)} ${named(result[kind])}`,
    ),
  });
}

const NAMED = 20;

function named(tokens) {
  const names = tokens.slice(0, NAMED).map((token) => token.name).join(', ');
  return tokens.length > NAMED ? `${names} ${texts.andMore(number(tokens.length - NAMED))}` : names;
}
