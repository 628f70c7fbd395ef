package io.accesstokens.login.password;

import io.accesstokens.testing.TestDouble;
import io.github.bucket4j.TimeMeter;
import jakarta.servlet.http.HttpServletRequest;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Test data for several tests of this package. */
final class Fixtures {

  private Fixtures() {}

  /** Returns a valid hash text that matches no password. The method does not compute a hash. */
  static String decoyText() {
    return PasswordHash.decoy(PasswordHash.MIN_ITERATIONS, new SecureRandom()).text();
  }

  /** Returns a clock for rate limits, which shows the given nanoseconds. */
  static TimeMeter timeMeter(LongSupplier nanos) {
    return new TimeMeter() {
      @Override
      public long currentTimeNanos() {
        return nanos.getAsLong();
      }

      @Override
      public boolean isWallClockBased() {
        return false;
      }
    };
  }

  static UsersFile sample() {
    return UsersFile.sample(
        Fixtures.class.getClassLoader(), "io/accesstokens/login/sample/people.yaml");
  }

  /** Returns a servlet request that has only a remote address and a local address. */
  static HttpServletRequest between(String remote, String local) {
    return between(remote, local, "127.0.0.1");
  }

  /** Returns a servlet request that has a remote address, a local address and a Host header. */
  static HttpServletRequest between(String remote, String local, @Nullable String host) {
    return TestDouble.of(
        HttpServletRequest.class,
        call ->
            switch (call.name()) {
              case "getRemoteAddr" -> remote;
              case "getLocalAddr" -> local;
              case "getServerName" -> host;
              case "getProtocol" -> "HTTP/1.1";
              case "getContextPath" -> "";
              case "getAttribute" -> null;
              default -> throw new IllegalStateException(call.name());
            });
  }
}
