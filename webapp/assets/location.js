/**
 * Keeps the state of a page in its URL, so that users can bookmark it, share it and go back to it.
 */

/** A raw token or its start. The characters after the first underscore are secret, except the first few. */
const RAW_TOKEN = /^[A-Za-z0-9]{1,20}_([A-Za-z0-9_-]+)$/;
/** The number of characters of a raw token after the first underscore. */
const WHOLE = 43;
/** The number of these characters with which a text is more likely a token that was cut off than a name. */
const PART = 16;
const PREFIX_LENGTH = 12;

/** The parameter of a position in a list. It is long and opaque, and never typed. */
const CURSOR = 'after';

/**
 * Returns the value of a parameter without a secret: a whole raw token becomes its prefix, which
 * finds the same token. Otherwise, a pasted token would be in the address, in the history of the
 * browser and in the logs of proxies.
 *
 * @param {string} text
 * @param {string} [name] of the parameter
 */
export function withoutSecret(text, name) {
  return name !== CURSOR && tokenPart(text) === WHOLE ? text.trim().slice(0, PREFIX_LENGTH) : text;
}

/** Returns true if a text may be a raw token, or a large part of one. */
export function mayBeToken(text) {
  return tokenPart(text) >= PART;
}

function tokenPart(text) {
  return RAW_TOKEN.exec(text.trim())?.[1].length ?? 0;
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
