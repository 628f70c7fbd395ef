/**
 * Reads the fields of the dialog that creates a token from the address of the list, so that a page
 * of instructions can link to it. An attacker can make such a link, too. Therefore it fills in known
 * fields only, it never sends the form, and the dialog shows all that it filled in.
 */

const OPEN = 'create';
const MAX_SCOPES = 200;
const SCOPE = /^[A-Za-z0-9][\w.:/-]{0,199}$/;
const WHOLE = /^[1-9][0-9]{0,6}$/;

/** The known fields: the parameter, and a function that returns its value or undefined. */
const FIELDS = {
  name: (text) => limited(text, 100),
  description: (text) => limited(text, 500),
  group: (text) => limited(text, 250),
  scopes(text) {
    const ids = [...new Set(text.split(/[\s,]+/).filter((id) => id))];
    return ids.length <= MAX_SCOPES && ids.every((id) => SCOPE.test(id)) ? ids : undefined;
  },
  expiresInDays: whole,
  allowedAddresses: (text) => limited(text, 2500)?.split(/[\s,]+/).filter((it) => it),
  requestsPerMinute: whole,
};

/**
 * @typedef {{name?: string, description?: string, group?: string, scopes?: string[],
 *     expiresInDays?: number, allowedAddresses?: string[], requestsPerMinute?: number}} Prefill
 */

function limited(text, limit) {
  return [...text].length <= limit && !/\p{Cc}/u.test(text.replaceAll('\n', '')) ? text : undefined;
}

function whole(text) {
  return WHOLE.test(text) ? Number(text) : undefined;
}

/**
 * Returns what the address asks to fill in, or null if it does not open the dialog.
 *
 * @param {string} search the query of the address
 * @returns {{values: Prefill, ignored: string[]}|null} the values, and the names of the parameters
 *     whose values are not valid
 */
export function readPrefill(search) {
  const query = new URLSearchParams(search);
  if (!query.has(OPEN)) {
    return null;
  }
  const values = {};
  const ignored = [];
  for (const [name, parse] of Object.entries(FIELDS)) {
    const text = query.get(name);
    const value = text ? parse(text) : undefined;
    if (value !== undefined) {
      values[name] = value;
    } else if (text) {
      ignored.push(name);
    }
  }
  return { values, ignored };
}

/** Removes the dialog's parameters from the address, and keeps those of the list. */
export function forgetPrefill() {
  const query = new URLSearchParams(location.search);
  [OPEN, ...Object.keys(FIELDS)].forEach((name) => query.delete(name));
  const text = query.toString();
  history.replaceState(history.state, '', location.pathname + (text ? `?${text}` : ''));
}
