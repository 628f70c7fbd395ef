package io.accesstokens.token.rotation;

/** Determines whether a service token can rotate itself. */
public enum SelfRotation {
  /** A service token cannot rotate itself. */
  OFF,
  /** A service token can rotate itself, but its expiry cannot become later. */
  KEEP_EXPIRY,
  /**
   * A service token can rotate itself, and its lifetime starts again. An attacker could keep a
   * stolen token valid in this way. Therefore, a notice reports each rotation, if mails or webhooks
   * for this event are configured.
   */
  RENEW
}
