/** Restores the scroll position of a page whose content is loaded too late for the browser to do so. */

import { isForgotten } from './session.js';

const KEY = 'access-tokens.scroll';

/**
 * Keeps the scroll position when the user leaves the page.
 *
 * @returns {function(): void} restores the position if the user came back to the page or reloaded
 *     it; call it when the content is shown
 */
export function keepScroll() {
  const before = stored();
  return () => {
    window.addEventListener('pagehide', store);
    const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
    if (['back_forward', 'reload'].includes(navigation?.type) && before?.address === address()) {
      window.scrollTo(0, before.top);
    }
  };
}

function store() {
  if (isForgotten()) {
    return; // the user signed out
  }
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ address: address(), top: window.scrollY }));
  } catch {
    // Storage is blocked: the page starts at its top.
  }
}

function address() {
  return location.pathname + location.search;
}

/** @returns {{address: string, top: number}|null} */
function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}
