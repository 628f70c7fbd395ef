/** Shows a status by a shape and a word. */

import { el, icon } from './dom.js';
import { minute, timeLeft } from './format.js';
import { texts } from './texts.js';

/** The part of a secret's lifetime that is left when its renewal is due. */
const DUE = 1 / 3;
const SECOND = 1000;

/**
 * Shows the status of a token. A token with less than 30 days left is shown as expiring only in the
 * last third of its lifetime; otherwise a new token of 30 days would look as if it needed action.
 *
 * @param {{status: string, secretCreatedAt: string, lifetimeSeconds?: number, expiresAt: string}} token
 */
export function chip(token) {
  const shown = token.status === 'expiring' && !isDue(token) ? 'active' : token.status;
  return el('span', { class: `status is-${shown}` }, texts.statuses[shown] ?? shown);
}

/**
 * Returns true if the token is in the last third of its lifetime. A rotation that keeps the expiry
 * does not shorten the lifetime.
 *
 * @param {{secretCreatedAt: string, lifetimeSeconds?: number, expiresAt: string}} token
 * @param {number} [now] in milliseconds
 */
export function isDue(token, now = Date.now()) {
  const end = Date.parse(token.expiresAt);
  const lifetime = Math.max(lifetimeOf(token) * SECOND, end - Date.parse(token.secretCreatedAt));
  return end - now < lifetime * DUE;
}

/**
 * Returns the lifetime of a token in seconds. A replica of an earlier version responds without the
 * stored lifetime.
 *
 * @param {{secretCreatedAt: string, lifetimeSeconds?: number, expiresAt: string}} token
 */
export function lifetimeOf({ secretCreatedAt, lifetimeSeconds, expiresAt }) {
  return lifetimeSeconds ?? (Date.parse(expiresAt) - Date.parse(secretCreatedAt)) / SECOND;
}

/** Returns true if the token is neither revoked nor expired. */
export function isLive({ status }) {
  return status === 'active' || status === 'expiring';
}

/** Returns true if the token is revoked or expired. */
export function isOver({ status }) {
  return status === 'revoked' || status === 'expired';
}

/**
 * Shows how long the old secret of a token is still valid, as a link to the token's secrets; null if
 * there is no old secret.
 *
 * @param {{previousSecret: {expiresAt: string}|null}} token
 * @param {string} href
 */
export function graceLine({ previousSecret }, href) {
  return (
    previousSecret &&
    el(
      'a',
      { class: 'grace', href, title: texts.rotatingUntil(minute(previousSecret.expiresAt)) },
      icon('rotate'),
      texts.rotatingFor(timeLeft(previousSecret.expiresAt)),
    )
  );
}
