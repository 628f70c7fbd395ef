/** The public REST API, as the pages call it. */

import { withoutSecret } from './location.js';
import { texts } from './texts.js';

/** The root URL of the application; the assets are at assets/<hash>/ below it. */
export const ROOT = new URL('../../', import.meta.url);

/**
 * Returns the key of a value in the storage of the browser. Applications on other paths of the same host and port share
 * this storage.
 *
 * @param {string} name
 */
export function storageKey(name) {
  return `access-tokens.${name}${ROOT.pathname.slice(0, -1)}`;
}

const API = new URL('api/access-tokens/', ROOT);

/** Timeout of a call, in milliseconds. */
const TIMEOUT = 20000;
const UNAUTHORIZED = 401;
const SERVER_ERROR = 500;

/**
 * Functions that are called when a call shows that the session ended, or that there is one again.
 */
const sessionListeners = [];
let signedOut = false;

/** The ref of the user for whom this page was loaded. Empty on a page without a session. */
let user = '';

/** @type {(function(boolean, number|null): void)[]} */
const reachableListeners = [];
/** The time of the last response, in milliseconds. */
let lastResponse = null;

/** A call that the server rejected, or that got no usable response. */
export class Failure extends Error {
  /**
   * @param {number} status the HTTP status, or 0 if there was no response
   * @param {{error?: string, type?: string, title?: string, violations?: {field: string, message:
   *     string}[]}} problem
   * @param {number|null} retryAfter in seconds
   * @param {string|null} reference the id of the request, by which the operator finds it in the log
   */
  constructor(status, problem, retryAfter = null, reference = null) {
    super(problem.error ?? problem.title ?? texts.statusOnly(status));
    this.status = status;
    this.type = problem.type ?? '';
    this.violations = problem.violations ?? [];
    this.retryAfter = retryAfter;
    this.reference = reference;
  }

  /** True if a change may have been made although the call failed. */
  get isUncertain() {
    return this.status < 400 || this.status >= SERVER_ERROR;
  }
}

/**
 * Sets the user for whom this page was loaded. The server then refuses changes in a session of another
 * user, who may have signed in in another tab.
 *
 * @param {string} ref
 */
export function setUser(ref) {
  user = ref;
}

/** Returns the address of a page. */
export function page(path, query = {}) {
  return address(new URL(path, ROOT), query).href;
}

/** Returns the address of a call. */
export function callAddress(path, query = {}) {
  return address(new URL(path, API), query).href;
}

function address(url, query) {
  for (const [name, value] of Object.entries(query)) {
    // A list is a repeated parameter.
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== '') {
        url.searchParams.append(name, withoutSecret(String(one), name));
      }
    }
  }
  return url;
}

/** Returns the address of a token's page. */
export function tokenPage(id, fragment = '') {
  return page(`admin/access-tokens/${encodeURIComponent(id)}`) + fragment;
}

/** Returns the address of the sign-in page, which redirects to this page afterwards. */
export function signInAddress() {
  const here = location.pathname.slice(ROOT.pathname.length) + location.search + location.hash;
  return page('sign-in', { to: here });
}

/**
 * Registers a listener for the session. Only the latest listener is notified of its end. All
 * listeners are notified of a new session.
 *
 * @param {function(boolean): void} listener receives true if the session ended, false if there is one
 *     again
 * @returns {function(): void} removes the listener
 */
export function onSessionChange(listener) {
  sessionListeners.push(listener);
  return () => sessionListeners.splice(sessionListeners.indexOf(listener), 1);
}

function reportSession(ended) {
  if (ended || signedOut) {
    signedOut = ended;
    (ended ? sessionListeners.slice(-1) : sessionListeners).forEach((listener) => listener(ended));
  }
}

/**
 * Registers a listener that is called after each call: with true if the server responded, and with
 * false if it could not be reached; then with the time of the last response, in milliseconds.
 *
 * @param {function(boolean, number|null): void} listener
 */
export function onReachable(listener) {
  reachableListeners.push(listener);
}

/** @param {boolean} isReachable */
function reportReachable(isReachable) {
  lastResponse = isReachable ? Date.now() : lastResponse;
  reachableListeners.forEach((listener) => listener(isReachable, lastResponse));
}

/**
 * Reads a resource. It never navigates: a 401 is a failure like any other, and the session listener
 * is notified.
 *
 * @throws {Failure} and an AbortError if the signal aborts
 */
export async function read(path, query = {}, signal = undefined) {
  return inSession(path, call(callAddress(path, query), { signal }));
}

/**
 * Returns a function that begins a load of a list: it aborts the load before, whose response must not
 * change the list, and returns the signal of the new load.
 *
 * @returns {function(): AbortSignal}
 */
export function latestLoad() {
  let loading = new AbortController();
  return () => {
    loading.abort();
    loading = new AbortController();
    return loading.signal;
  };
}

/**
 * Changes a resource. Like a read, it notifies the session listener.
 *
 * @param {object} more further header fields
 * @throws {Failure} and an AbortError if the signal aborts; the change may have been made
 *     nevertheless
 */
export async function write(method, path, body, query = {}, signal = undefined, more = {}) {
  return inSession(path, send(method, path, body, query, signal, more));
}

/** Notifies the session listener of the outcome of a call. */
async function inSession(path, calling) {
  try {
    const answer = await calling;
    if (path !== 'session') { // this resource needs no session
      reportSession(false);
    }
    return answer;
  } catch (e) {
    if (e.status === UNAUTHORIZED) {
      reportSession(true);
    }
    throw e;
  }
}

/**
 * Changes a resource as `write` does, but notifies no session listener: the 401 response to a sign-in
 * can also mean a wrong password.
 *
 * @throws {Failure} and an AbortError if the signal aborts
 */
export async function send(method, path, body, query = {}, signal = undefined, more = {}) {
  const headers = { 'X-Requested-With': 'fetch', ...(user && { 'X-Session-User': encodeURIComponent(user) }), ...more };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  return call(callAddress(path, query), {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
}

async function call(url, { signal, ...options }) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), TIMEOUT);
  try {
    const response = await fetch(url, {
      ...options,
      headers: { Accept: 'application/json', ...options.headers },
      cache: 'no-store',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
    });
    reportReachable(true);
    return await answer(response);
  } catch (e) {
    if (late.signal.aborted) {
      throw new Failure(0, { error: texts.noAnswer(TIMEOUT / 1000) });
    }
    if (e instanceof Failure || e.name === 'AbortError') {
      throw e;
    }
    reportReachable(false);
    throw new Failure(0, { error: texts.unreachable });
  } finally {
    clearTimeout(timer);
  }
}

async function answer(response) {
  if (response.ok) {
    return response.status === 204 ? null : json(response);
  }
  const retryAfter = Number(response.headers.get('Retry-After'));
  const problem = await json(response).catch((e) => {
    if (e.name === 'AbortError') {
      throw e;
    }
    return {};
  });
  const reference = response.headers.get('X-Request-Id');
  throw new Failure(response.status, problem, retryAfter > 0 ? retryAfter : null, reference);
}

async function json(response) {
  try {
    return await response.json();
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw new Failure(response.status, { error: texts.notUnderstood });
  }
}
