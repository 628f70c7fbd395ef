package io.accesstokens.app.settings;

/** What becomes of cached verdicts when the store is out of reach and the lease is over. */
public enum OnStoreOutage {
  /** They are of no use: 503. */
  REFUSE,
  /** They are used for a while longer. */
  SERVE_CACHED
}
