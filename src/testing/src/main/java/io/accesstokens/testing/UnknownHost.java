package io.accesstokens.testing;

/** A host name that cannot be resolved. */
public final class UnknownHost {

  /**
   * A name that is too long for a query, so that the resolver rejects it at once. A query to a slow
   * name server could take longer than a test waits.
   */
  public static final String NAME = "no-such-host.".repeat(20) + "invalid";

  private UnknownHost() {}
}
