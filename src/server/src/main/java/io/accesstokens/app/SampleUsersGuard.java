package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.login.password.SampleUsers;
import io.accesstokens.login.password.UsersFile;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Prevents a server from listening on the network while the password of a sample user is valid. */
public final class SampleUsersGuard {

  private SampleUsersGuard() {}

  /**
   * Checks that the server may listen on its configured host.
   *
   * @throws StartupException if the host has no address; or if the host is not a loopback address,
   *     and the password of a sample user is valid
   */
  public static void requireSafeHost(Configuration configuration) {
    String host = configuration.settings().host();
    try {
      if (ListeningHost.isLoopback(host)) {
        return;
      }
    } catch (UnknownHostException e) {
      throw new StartupException("accessTokens.host must be an address of this machine");
    }
    if (!configuration.hasLocalUsers()) {
      return; // no password can be a sample password
    }
    UsersFile usersFile = ConfiguredFiles.usersFile(configuration);
    if (SampleUsers.anyCanSignIn(usersFile)) {
      throw new StartupException(
          "the sample passwords work, so the server can listen on loopback addresses"
              + " only: set accessTokens.login.usersFile to your own users file (see"
              + " config/people.yaml)");
    }
  }

  /** Returns one line for the operator that describes how users sign in. */
  public static String howToSignIn(Configuration configuration) {
    if (configuration.hasSampleUsers()) {
      return "Sign in: alice, bob, carol or dave; the password is the name (samples, loopback only;"
          + " put no proxy in front: its callers would look local)";
    }
    List<String> ways = new ArrayList<>();
    configuration.settings().login().oidc().issuer().ifPresent(issuer -> ways.add("at " + issuer));
    if (configuration.settings().login().container()) {
      ways.add("as a user of the servlet container's realm");
    }
    configuration
        .federation()
        .ldap()
        .ifPresent(ldap -> ways.add("as a user of the LDAP server " + ldap.server()));
    configuration.usersFile().ifPresent(file -> ways.add("as a user of " + file));
    return "Sign in: " + String.join(", or ", ways);
  }
}
