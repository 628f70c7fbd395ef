package io.accesstokens.faults;

/**
 * Accepts or rejects raw tokens: a replica, or an application that introspects tokens at a replica.
 */
interface Verifier {

  /** Returns the name for reports. */
  String name();

  /** Verifies the token once, over a connection that no other thread uses meanwhile. */
  Check verify(String rawToken);
}
