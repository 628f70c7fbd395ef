/** What a page shows, kept in its URL, so that it can be bookmarked, shared and gone back to. */

/**
 * The state of a page in its URL.
 *
 * @param {string[]} names of the parameters that the page knows; others are left alone
 * @param {function(object)} onChange called when the user goes back or forward
 */
export function urlState(names, onChange) {
  function current() {
    const query = new URLSearchParams(location.search);
    return Object.fromEntries(names.map((name) => [name, query.get(name) ?? '']));
  }

  /** The address of this page in another state. */
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
