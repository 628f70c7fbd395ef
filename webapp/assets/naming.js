/** Valid names for service tokens, and for things that are named after a token. */

import { read } from './api.js';

const LIMIT = 100;
const MANY = 100;
const NUMBERED = /^(.*?)-([2-9]|[1-9][0-9]{1,3})$/;

/** Returns a text in lower-case letters, digits and hyphens; empty if none of it is left. */
export function slug(text) {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').slice(0, LIMIT).replace(/^-|-$/g, '');
}

/**
 * Returns a name with a number that no token of the group uses, such as `nightly-build-2`.
 *
 * @param {string} name
 * @param {string} groupEntityRef
 */
export async function freeName(name, groupEntityRef) {
  const [, stem, last] = NUMBERED.exec(name) ?? [null, name, '1'];
  const base = stem.slice(0, LIMIT - 5);
  const used = await usedNames(base, groupEntityRef);
  let next = Number(last) + 1;
  while (used.has(`${base}-${next}`)) {
    next += 1;
  }
  return `${base}-${next}`;
}

/** Returns the names that contain a text, or none if they cannot be read. */
async function usedNames(text, groupEntityRef) {
  try {
    const { tokens } = await read('service', { q: text, groupEntityRef, limit: MANY });
    return new Set(tokens.filter((token) => token.status !== 'revoked').map((token) => token.name));
  } catch {
    return new Set();
  }
}
