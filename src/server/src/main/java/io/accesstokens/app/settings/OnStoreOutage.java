package io.accesstokens.app.settings;

/** The treatment of cached verdicts while the store is unavailable and the lease has ended. */
public enum OnStoreOutage {
  /** Cached verdicts are not used. The response is 503. */
  REFUSE,
  /** Cached verdicts are used for a limited time. */
  SERVE_CACHED
}
