/**
 * What a browser brings from the consent in the fragment of its address. It is taken out of the
 * address and the history before anything else is done: hence a script of its own, which needs no
 * other.
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

/** A code to pick a token up with, or an error; once, and null if there is neither. */
export function takeArrival() {
  const taken = brought;
  brought = null;
  return taken;
}
