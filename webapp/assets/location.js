/**
 * Keeps the state of a page in its URL, so that users can bookmark it, share it and go back to it.
 */

/**
 * Returns the state of a page in its URL.
 *
 * @param {string[]} names the parameters that the page knows; others are not changed
 * @param {function(object)} onChange called when the user goes back or forward
 */
export function urlState(names, onChange) {
  function current() {
    const query = new URLSearchParams(location.search);
    return Object.fromEntries(names.map((name) => [name, query.get(name) ?? '']));
  }

  /** Returns the address of this page in another state. */
  function address(state) {
    const query = new URLSearchParams(location.search);
    for (const name of names) {
      if (state[name]) {
        query.set(name, state[name]);
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
