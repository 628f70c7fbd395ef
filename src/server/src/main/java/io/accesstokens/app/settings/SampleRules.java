package io.accesstokens.app.settings;

/** Decides if sample groups and sample grants apply. */
final class SampleRules {

  private SampleRules() {}

  /**
   * Returns true if only the sample users can authenticate. With any other source of users, a real
   * user may have the name of a sample user.
   */
  static boolean apply(Settings.Login login) {
    return !login.container()
        && login.usersFile().isEmpty()
        && login.jwt().isEmpty()
        && login.ldap().url().isEmpty()
        && login.oidc().issuer().isEmpty();
  }
}
