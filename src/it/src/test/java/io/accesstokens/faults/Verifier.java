package io.accesstokens.faults;

/**
 * Something that accepts raw tokens or refuses them: a replica, or an application that asks one.
 */
interface Verifier {

  /** What it is called in reports. */
  String name();

  /** Asks once, over a connection that nobody else uses meanwhile. */
  Check verify(String rawToken);
}
