/** Who is signed in, and what they may do. */

import { Failure, page, read, signInAddress, write } from './api.js';
import { texts } from './texts.js';

const SERVICE = 'access-tokens:service:';
const USER = 'access-tokens:user:';

/** What somebody may do on service tokens, in the order in which it is listed. */
export const ACTIONS = ['read', 'write', 'revoke'];

/** The name of a permission on service tokens. */
export function servicePermission(action) {
  return SERVICE + action;
}

/** The name of a permission on one's own personal tokens. */
export function userPermission(action) {
  return USER + action;
}

/** The answer of the session endpoint. */
export class Session {
  constructor(answer) {
    this.subject = answer.subject ?? '';
    this.displayName = answer.displayName || this.subject;
    this.signedIn = answer.signedIn;
    this.way = answer.way ?? '';
    this.ways = answer.ways ?? [];
    this.groups = answer.groups ?? [];
    this.permissions = new Set(answer.permissions ?? []);
    this.ownGroupsOnly = new Set(answer.ownGroupsOnly ?? []);
  }

  /** Whether they may do this to service tokens of some group. */
  may(action) {
    return this.permissions.has(servicePermission(action));
  }

  /** Whether they may do this to service tokens of their own groups alone. */
  isLimited(action) {
    return this.ownGroupsOnly.has(servicePermission(action));
  }

  /** Whether they may do this to a token. */
  mayTo(action, token) {
    const own = this.groups.map((it) => it.groupEntityRef ?? it);
    return this.may(action) && (!this.isLimited(action) || own.includes(token.groupEntityRef));
  }

  /** Whether they may do this to personal tokens of their own. */
  mayOwn(action) {
    return this.permissions.has(userPermission(action));
  }
}

/** Asks who is here, signed in or not. */
export async function currentSession() {
  return new Session(await read('session'));
}

/** The subject for which this page was loaded. */
let loadedFor = '';

/**
 * Returns the session of a page that is being loaded. Without one, goes to the sign-in page and
 * never returns.
 */
export async function requiredSession() {
  const session = await currentSession();
  if (!session.signedIn) {
    location.replace(signInAddress());
    await new Promise(() => {}); // the page is on its way out
  }
  loadedFor = session.subject;
  return session;
}

/**
 * Checks that the user who signed in again is the one for whom this page was loaded.
 *
 * @throws {Failure} if another user is signed in now
 */
export async function requireSameUser() {
  const session = await currentSession();
  if (session.signedIn && session.subject !== loadedFor) {
    throw new Failure(403, { error: texts.otherUser(session.displayName) });
  }
}

/** Signs in by a password. */
export function signIn(username, password) {
  return write('POST', 'session', { username, password });
}

/** Proves again, by the password, who is in the session. */
export function signInAgain(password) {
  return write('POST', 'session/reauthentication', { password });
}

/**
 * Signs out here, or everywhere, and goes to the sign-in page; or to whoever else has a session
 * with this browser, and would sign it in again unasked.
 */
export async function signOut(everywhere) {
  const answer = await write('DELETE', 'session', undefined, everywhere ? { everywhere: true } : {});
  location.assign(answer?.continueAt ?? page('sign-in'));
}
