package io.accesstokens.app.settings;

/** The number of processes that serve one database at the same time. */
public enum Replicas {
  /** One process. No other process needs to learn of a change. */
  SINGLE,
  /** Any number of processes. */
  MANY
}
