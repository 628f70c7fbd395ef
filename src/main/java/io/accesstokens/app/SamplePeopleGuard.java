package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.login.PeopleFile;
import io.accesstokens.login.SamplePeople;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Keeps a server whose sample passwords work off the network. */
public final class SamplePeopleGuard {

  private SamplePeopleGuard() {}

  /**
   * Lets a server listen on its configured host, or not.
   *
   * @throws StartRefused if that is no loopback address while a sample password works, or no
   *     address at all
   */
  public static void requireSafeHost(Configuration configuration) {
    String host = configuration.settings().host();
    try {
      if (InetAddress.getByName(host).isLoopbackAddress()) {
        return;
      }
    } catch (UnknownHostException e) {
      throw new StartRefused("accessTokens.host must be an address of this machine");
    }
    if (!configuration.hasPasswords()) {
      return;
    }
    PeopleFile people = ConfiguredFiles.people(configuration);
    if (SamplePeople.anyWorks(people)) {
      throw new StartRefused(
          "the sample passwords work, so only loopback addresses can be listened on: name a people"
              + " file of your own in accessTokens.login.peopleFile (see config/people.yaml)");
    }
  }

  /** One line for the operator on who can sign in. */
  public static String howToSignIn(Configuration configuration) {
    if (configuration.settings().login().container()) {
      return "Sign in: as a person of the servlet container's realm";
    }
    if (!configuration.hasPasswords()) {
      return "Sign in: at " + configuration.settings().login().oidc().issuer().orElseThrow();
    }
    return configuration.hasSamplePeople()
        ? "Sign in: alice, bob, carol or dave; the password is the name (samples, loopback only)"
        : "Sign in: as a person of " + configuration.settings().login().peopleFile().orElseThrow();
  }
}
