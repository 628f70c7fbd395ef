package io.accesstokens.app.settings;

/** The treatment of cached verdicts when the store is unavailable and the lease has ended. */
public enum OnStoreOutage {
  /** They are not used, and the response is 503. */
  REFUSE,
  /** They are used for a limited time. */
  SERVE_CACHED
}
