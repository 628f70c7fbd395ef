package io.accesstokens.login;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** What several tests of this room begin with. */
final class Fixtures {

  private Fixtures() {}

  /** The text of a well-formed hash that no password has, at no cost. */
  static String decoyText() {
    return PasswordHash.decoy(PasswordHash.MIN_ITERATIONS, new SecureRandom()).text();
  }

  static UsersFile sample() {
    return UsersFile.sample(
        Fixtures.class.getClassLoader(), "io/accesstokens/login/sample/people.yaml");
  }

  /** A servlet request of which only its two ends are known. */
  static HttpServletRequest between(String remote, String local) {
    return between(remote, local, "127.0.0.1");
  }

  /** And the host that it names. */
  static HttpServletRequest between(String remote, String local, @Nullable String host) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            Fixtures.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getRemoteAddr" -> remote;
                  case "getLocalAddr" -> local;
                  case "getServerName" -> host;
                  case "getProtocol" -> "HTTP/1.1";
                  case "getContextPath" -> "";
                  case "getAttribute" -> null;
                  default -> throw new IllegalStateException(method.getName());
                });
  }
}
