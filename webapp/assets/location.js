/**
 * Keeps the state of a page in its URL, so that users can bookmark it, share it and go back to it.
 */

/**
 * Returns a pattern for a raw token, or for its first part, anywhere in a text: a prefix, an underscore
 * and random characters. At least one of them is a capital letter, which refs of users and groups do
 * not have.
 *
 * @param {string} count the number of random characters, in the syntax of patterns, and what may follow
 */
function token(count) {
  return new RegExp(`[A-Za-z0-9]{1,20}_(?=[\\w-]*[A-Z])[\\w-]${count}`);
}

/** A raw token has 43 characters after its prefix. */
const RAW_TOKEN = token('{43,}');
/** A raw token that ends after these characters. This pattern ignores names before it, as in `TOKEN_bsat_…`. */
const WHOLE_TOKEN = token('{43}(?![\\w-])');
/** With this number of characters, a text is more likely a token that was cut off than a name. */
const PART_OF_TOKEN = token('{16,}');
const PREFIX_LENGTH = 12;

/** Parameters without typed text: a position in a list, which is long and opaque, and an address of a page. */
const NEVER_TYPED = ['after', 'to'];

/**
 * Returns the value of a parameter without a secret: if it contains a whole raw token, only the prefix
 * of the token, which finds the same token. Otherwise, a pasted token would be in the address, in the
 * history of the browser and in the logs of proxies.
 *
 * @param {string} text
 * @param {string} [name] of the parameter
 */
export function withoutSecret(text, name) {
  if (NEVER_TYPED.includes(name)) {
    return text;
  }
  const decoded = text.replace(/%[0-9A-Fa-f]{2}/g, ' ');
  const found = WHOLE_TOKEN.exec(decoded) ?? RAW_TOKEN.exec(decoded);
  return found ? found[0].slice(0, PREFIX_LENGTH) : text;
}

/** Returns true if a text may contain a raw token, or a large part of one. */
export function mayBeToken(text) {
  return PART_OF_TOKEN.test(text);
}

/**
 * Returns the values of parameters in the URL of this page. A parameter that is missing has an empty value.
 *
 * @param {string[]} names
 * @returns {Object<string, string>}
 */
export function parameters(names) {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(names.map((name) => [name, withoutSecret(query.get(name) ?? '', name)]));
}

/**
 * Returns the state of a page in its URL.
 *
 * @param {string[]} names the parameters that the page knows; others are not changed
 * @param {function(object): void} onChange called when the user goes back or forward
 */
export function urlState(names, onChange) {
  function current() {
    return parameters(names);
  }

  /** Returns the address of this page in another state. */
  function address(state) {
    const query = new URLSearchParams(location.search);
    for (const name of names) {
      if (state[name]) {
        query.set(name, withoutSecret(String(state[name]), name));
      } else {
        query.delete(name);
      }
    }
    const text = query.toString();
    return location.pathname + (text ? `?${text}` : '');
  }

  window.addEventListener('popstate', () => onChange(current()));
  return {
    current,
    address,
    push: (state) => history.pushState(null, '', address(state)),
    replace: (state) => history.replaceState(null, '', address(state)),
  };
}
