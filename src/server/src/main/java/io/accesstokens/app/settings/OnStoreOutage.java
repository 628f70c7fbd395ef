package io.accesstokens.app.settings;

/** The treatment of cached verdicts after the lease has ended, while the store is unavailable. */
public enum OnStoreOutage {
  /** Cached verdicts are not used. The response is 503. */
  REFUSE,
  /** Cached verdicts are used for a limited time. */
  SERVE_CACHED
}
