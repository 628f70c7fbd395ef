/** The public REST API, as the pages call it. */

import { texts } from './texts.js';

/** Where the application is: the assets are at assets/<hash>/ below it. */
export const ROOT = new URL('../../', import.meta.url);

const API = new URL('api/access-tokens/', ROOT);

/** What the API refused, or could not do. */
export class Failure extends Error {
  /**
   * @param {number} status of HTTP, or 0 if there was no answer
   * @param {{error?: string, type?: string, title?: string, violations?: {field: string, message: string}[]}} problem
   * @param {number|null} retryAfter in seconds
   */
  constructor(status, problem, retryAfter = null) {
    super(problem.error ?? problem.title ?? texts.statusOnly(status));
    this.status = status;
    this.type = problem.type ?? '';
    this.violations = problem.violations ?? [];
    this.retryAfter = retryAfter;
  }
}

/** The address of a page. */
export function page(path, query = {}) {
  return address(new URL(path, ROOT), query).href;
}

/** The address of a call. */
export function callAddress(path, query = {}) {
  return address(new URL(path, API), query).href;
}

function address(url, query) {
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') {
      url.searchParams.set(name, value);
    }
  }
  return url;
}

/** The address of a token's page. */
export function tokenPage(id, fragment = '') {
  return page(`admin/access-tokens/${encodeURIComponent(id)}`) + fragment;
}

/** Goes to the sign-in page, from where the way leads back here. */
export function goToSignIn() {
  const here = location.pathname.slice(ROOT.pathname.length) + location.search + location.hash;
  location.replace(page('sign-in', { to: here }));
}

/**
 * Reads something. Who is not signed in any more is led to the sign-in page, and nothing returns.
 *
 * @throws {Failure} and what fetch throws when the signal aborts
 */
export async function read(path, query = {}, signal = undefined) {
  const response = await ask(callAddress(path, query), { signal });
  if (response.status === 401) {
    goToSignIn();
    await new Promise(() => {}); // the page is on its way out
  }
  return answer(response);
}

/** Changes something; 401 is a failure like others, so that what was typed stays. */
export async function write(method, path, body, query = {}) {
  const headers = { 'X-Requested-With': 'fetch' };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  return answer(
    await ask(callAddress(path, query), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    }),
  );
}

async function ask(url, options) {
  try {
    return await fetch(url, {
      ...options,
      headers: { Accept: 'application/json', ...options.headers },
      cache: 'no-store',
      redirect: 'error',
    });
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw new Failure(0, { error: texts.unreachable });
  }
}

async function answer(response) {
  if (response.ok) {
    return response.status === 204 ? null : json(response);
  }
  const retryAfter = Number(response.headers.get('Retry-After'));
  const problem = await json(response).catch(() => ({}));
  throw new Failure(response.status, problem, retryAfter > 0 ? retryAfter : null);
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
