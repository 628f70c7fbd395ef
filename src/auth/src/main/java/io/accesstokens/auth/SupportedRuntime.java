package io.accesstokens.auth;

/** Rejects Jakarta REST runtimes on which {@link AccessTokensFeature} would have no effect. */
final class SupportedRuntime {

  /** The name of a class that exists only in applications on Quarkus REST. */
  private static final String QUARKUS_REST =
      "org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext";

  private SupportedRuntime() {}

  /**
   * Throws if the runtime is not supported.
   *
   * @throws IllegalStateException on Quarkus REST ({@code quarkus-rest}), which ignores the
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
            + " method would be guarded: use quarkus-resteasy, or RemoteTokenVerifier in an"
            + " HttpAuthenticationMechanism");
  }
}
