/**
 * Reads the result of the consent from the fragment of the address. It must remove the fragment
 * from the address and the history before any other code runs. Therefore it is a script of its own
 * without imports.
 */

const FORM = /^#personal-access-tokens-mint(-error)?=([A-Za-z0-9_-]{1,2000})$/;

let brought = null;

const found = FORM.exec(location.hash);
if (found) {
  history.replaceState(null, '', location.pathname + location.search);
  brought = parsed(found[2], found[1] ? 'error' : 'code');
}

function parsed(text, member) {
  try {
    const value = JSON.parse(atob(text.replace(/-/g, '+').replace(/_/g, '/')))[member];
    return typeof value === 'string' ? { [member]: value } : { error: 'invalid_request' };
  } catch {
    return { error: 'invalid_request' };
  }
}

/**
 * Returns a code to fetch the token with, or an error; null if there is neither. A second call
 * returns null.
 */
export function takeArrival() {
  const taken = brought;
  brought = null;
  return taken;
}
