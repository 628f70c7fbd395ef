package io.accesstokens.app.settings;

/** Decides whether sample groups and sample rights apply. */
final class SampleRules {

  private SampleRules() {}

  /**
   * Returns true if only the sample people can authenticate. With any other source of people, a
   * real user may have the name of a sample person.
   */
  static boolean apply(Settings.Login login) {
    return !login.container()
        && login.usersFile().isEmpty()
        && login.jwt().isEmpty()
        && login.ldap().url().isEmpty()
        && login.oidc().issuer().isEmpty();
  }
}
