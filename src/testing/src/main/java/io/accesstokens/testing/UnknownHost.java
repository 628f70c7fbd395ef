package io.accesstokens.testing;

/** A host name that cannot be resolved. */
public final class UnknownHost {

  /**
   * An invalid host name for tests. The name is too long for a query. Therefore the resolver
   * rejects the name at once. A query to a slow name server could take longer than a test waits.
   */
  public static final String NAME = "no-such-host.".repeat(20) + "invalid";

  private UnknownHost() {}
}
