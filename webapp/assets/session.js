/** The signed-in user and their permissions. */

import { page, read, send, setUser, signInAddress, write } from './api.js';

let forgotten = false;

const SERVICE = 'access-tokens:service:';
const USER = 'access-tokens:user:';

/** The actions on service tokens, in the order in which permissions are listed. */
export const ACTIONS = ['read', 'write', 'revoke'];

/** Returns the name of a permission on service tokens. */
export function servicePermission(action) {
  return SERVICE + action;
}

/** Returns the name of a permission on the user's own personal tokens. */
export function userPermission(action) {
  return USER + action;
}

/** The response of the session endpoint. */
export class Session {
  constructor(answer) {
    this.subject = answer.subject ?? '';
    this.displayName = answer.displayName || this.subject;
    this.signedIn = answer.signedIn;
    /** The version of the product; empty without a session. */
    this.version = answer.version ?? '';
    /** True if personal tokens can be exchanged for JWTs. */
    this.exchangesTokens = answer.personalTokenExchange === true;
    this.way = answer.way ?? '';
    this.ways = answer.ways ?? [];
    this.groups = answer.groups ?? [];
    this.permissions = new Set(answer.permissions ?? []);
    this.ownGroupsOnly = new Set(answer.ownGroupsOnly ?? []);
  }

  /** Returns true if the user has this permission on service tokens of at least one group. */
  may(action) {
    return this.permissions.has(servicePermission(action));
  }

  /** Returns true if the user has this permission only on service tokens of their own groups. */
  isLimited(action) {
    return this.ownGroupsOnly.has(servicePermission(action));
  }

  /** Returns true if the user has this permission on a token. */
  mayTo(action, token) {
    const own = this.groups.map((it) => it.groupEntityRef ?? it);
    return this.may(action) && (!this.isLimited(action) || own.includes(token.groupEntityRef));
  }

  /**
   * Returns true if the user has this permission on their own personal tokens, or for `admin` on
   * those of all users.
   */
  mayOwn(action) {
    return this.permissions.has(userPermission(action));
  }

  /** Returns the address of the first page that the user may read. */
  firstPage() {
    return page(this.may('read') || !this.mayOwn('read') ? 'admin/access-tokens' : 'settings/personal-tokens');
  }
}

/** Reads the current session; the user may be signed in or not. */
export async function currentSession() {
  return new Session(await read('session'));
}

/**
 * Returns the session of a page that is being loaded. Without a session, it goes to the sign-in
 * page and never returns.
 */
export async function requiredSession() {
  const session = await currentSession();
  if (!session.signedIn) {
    location.replace(signInAddress());
    await new Promise(() => {}); // the browser is leaving the page
  }
  setUser(session.subject);
  return session;
}

/** Signs in with a password. */
export async function signIn(username, password) {
  return new Session(await send('POST', 'session', { username, password }));
}

/** Verifies the password of the session's user again. */
export function signInAgain(password) {
  return send('POST', 'session/reauthentication', { password });
}

/**
 * Signs out of this session or of all sessions, and then goes to the sign-in page. If the response
 * names another address, it goes there instead: another system, such as an OpenID provider, also
 * has a session in this browser, and would sign the user in again without a question.
 */
export async function signOut(everywhere) {
  const answer = await write('DELETE', 'session', undefined, everywhere ? { everywhere: true } : {});
  forgetUser();
  location.assign(answer?.continueAt ?? page('sign-in'));
}

/** Returns true if the user signed out in this page. */
export function isForgotten() {
  return forgotten;
}

/** Removes from this browser what the pages keep about the user. The theme and the views stay. */
function forgetUser() {
  forgotten = true;
  try {
    sessionStorage.clear();
    localStorage.removeItem('access-tokens.tabs');
  } catch {
    // Storage is blocked, so nothing is kept.
  }
}
