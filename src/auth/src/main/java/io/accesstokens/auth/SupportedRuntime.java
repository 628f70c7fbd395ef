package io.accesstokens.auth;

/** Rejects Jakarta REST runtimes on which {@link AccessTokensFeature} would guard nothing. */
final class SupportedRuntime {

  /**
   * The name of a class that exists in all applications on Quarkus REST, and in no other
   * application.
   */
  private static final String QUARKUS_REST =
      "org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext";

  private SupportedRuntime() {}

  /**
   * Throws if the runtime is known to be unsupported.
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
