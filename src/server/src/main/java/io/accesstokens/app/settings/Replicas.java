package io.accesstokens.app.settings;

/** How many processes serve one database at the same time. */
public enum Replicas {
  /** One; nobody else has to hear of a change. */
  SINGLE,
  /** Any number. */
  MANY
}
