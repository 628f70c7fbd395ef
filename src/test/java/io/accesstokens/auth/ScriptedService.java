package io.accesstokens.auth;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.verify.RawToken;
import io.accesstokens.verify.RawTokenFormat;
import io.accesstokens.verify.VerificationUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;

/** A check that asks a scripted service. */
abstract class ScriptedService {

  static final RawToken TOKEN =
      RawTokenFormat.DEFAULT.mint(RawToken.Kind.SERVICE, new SplittableRandom(1));
  static final String GOOD =
      "{\"type\":\"service\",\"subject\":\"service-token:group:default/platform:deploy\","
          + "\"scopes\":[\"catalog:read\",\"x\"],\"permissions\":[],"
          + "\"expiresAt\":\"2027-01-01T00:00:00.000Z\","
          + "\"tokenId\":\"6f9619ff-8b86-4d01-b42d-00c04fc964ff\",\"more\":{}}";

  final ScriptedServer server;

  ScriptedService() {
    try {
      server = new ScriptedServer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  final URI service() {
    return URI.create("http://127.0.0.1:" + server.port() + "/tokens/");
  }

  final RemoteTokenCheck check() {
    return RemoteTokenCheck.of(service());
  }

  final VerificationUnavailable unavailable() {
    RemoteTokenCheck check = check();
    VerificationUnavailable thrown =
        assertThrows(VerificationUnavailable.class, () -> check.check(TOKEN));
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      assertFalse(String.valueOf(t).contains(TOKEN.reveal()), "the token is in a message");
    }
    return thrown;
  }
}
