package io.accesstokens.auth;

/** Refuses Jakarta REST runtimes on which {@link AccessTokensFeature} would guard nothing. */
final class SupportedRuntime {

  /** A class that every application on Quarkus REST has, and no other. */
  private static final String QUARKUS_REST =
      "org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext";

  private SupportedRuntime() {}

  /**
   * Returns if the runtime is not known to be unsupported.
   *
   * @throws IllegalStateException on Quarkus REST ({@code quarkus-rest}), which silently ignores
   *     features and dynamic features that a feature registers
   */
  static void require() {
    try {
      var unused = Class.forName(QUARKUS_REST, false, AccessTokensFeature.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      return;
    }
    throw new IllegalStateException(
        "Quarkus REST (quarkus-rest) ignores the dynamic feature of AccessTokensFeature, so no"
            + " method would be guarded: use quarkus-resteasy");
  }
}
