package io.accesstokens.app.settings;

/** The number of processes that serve one database at the same time. */
public enum Replicas {
  /** One process serves the database. */
  SINGLE,
  /** Several processes can serve the database. */
  MANY
}
