/** Finds a token whose creation got no response. */

import { read } from './api.js';
import { el } from './dom.js';
import { relative, time } from './format.js';
import { texts } from './texts.js';

const MANY = 100;
/** The clocks of the browser and of the server differ by less than this, in milliseconds. */
const CLOCK_SKEW = 5 * 60 * 1000;

/**
 * Looks for a valid token by its name. Names of valid tokens are unique within a group, or within the
 * personal tokens of a user. So sending the request again never creates a second one. A token that was
 * created before the request is another one, which may be in use.
 *
 * @param {string} path of the list of tokens
 * @param {object} query its parameters, which select the tokens of the group or of the user
 * @param {string} name
 * @param {number} since when the request was first sent, in milliseconds
 * @param {function(object): string} address returns the page on which the token can be revoked
 * @returns {Promise<{text: (Node|string)[]}>}
 */
export async function findCreated(path, query, name, since, address) {
  const { tokens } = await read(path, { ...query, limit: MANY });
  const found = tokens.find((token) => token.name === name && token.status !== 'revoked');
  if (!found) {
    return { text: [texts.notCreatedYet(name)] };
  }
  if (Date.parse(found.createdAt) < since - CLOCK_SKEW) {
    return { text: [texts.createdBefore(name)] };
  }
  const link = el('a', { href: address(found), target: '_blank' }, texts.openToken(name));
  return { text: [texts.createdWithoutSecret(name), time(found.createdAt, relative), texts.revokeAndRepeat, ' ', link] };
}
