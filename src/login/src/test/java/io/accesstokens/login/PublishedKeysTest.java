package io.accesstokens.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import io.accesstokens.auth.remote.BoundedHttpClient;
import io.accesstokens.testing.RecordedLog;
import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.testing.UnknownHost;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishedKeysTest {

  @Test
  void logNamesTheCauseOfAFailedConnection() {
    PublishedKeys keys =
        new PublishedKeys(
            System.getLogger(PublishedKeysTest.class.getName()),
            "https://issuer.example",
            URI.create("https://" + UnknownHost.NAME + "/keys"),
            Duration.ofSeconds(30),
            new BoundedHttpClient(HttpClient.newBuilder(), 1_000));
    try (RecordedLog log = new RecordedLog(PublishedKeysTest.class)) {
      assertThrows(
          JWKSetUnavailableException.class,
          () -> keys.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), 0, null));
      assertEquals(
          List.of(
              "WARNING the keys of the issuer https://issuer.example cannot be read:"
                  + " ConnectException, UnresolvedAddressException"),
          log.lines());
    }
  }

  @Test
  void logReportsTheEndOfAFailureOnce() throws Exception {
    try (ScriptedServer server = new ScriptedServer();
        RecordedLog log = new RecordedLog(PublishedKeysTest.class)) {
      PublishedKeys keys = keys(server);
      server.answer(ScriptedServer.whole("500 Internal Server Error", "", ""));
      assertThrows(
          JWKSetUnavailableException.class,
          () -> keys.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), 0, null));
      server.answer(ScriptedServer.json("{\"keys\": []}"));
      for (int i = 0; i < 2; i++) {
        assertEquals(
            0, keys.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), 0, null).getKeys().size());
      }
      assertEquals(
          List.of(
              "WARNING the keys of the issuer https://issuer.example cannot be read:"
                  + " the response has status 500",
              "INFO recovered: the keys of the issuer https://issuer.example are read"),
          log.lines());
    }
  }

  @Test
  void logReportsTheEndOfIgnoredKeys() throws Exception {
    try (ScriptedServer server = new ScriptedServer();
        RecordedLog log = new RecordedLog(PublishedKeysTest.class)) {
      PublishedKeys keys = keys(server);
      for (String listed : new String[] {"", "{\"kty\": \"new\"}", ""}) {
        server.answer(ScriptedServer.json("{\"keys\": [" + listed + "]}"));
        for (int i = 0; i < 2; i++) {
          assertEquals(
              0, keys.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), 0, null).getKeys().size());
        }
      }
      assertEquals(
          List.of(
              "INFO ignored 1 keys of the issuer https://issuer.example, because they are malformed,"
                  + " too short or not supported",
              "INFO no key of the issuer https://issuer.example is ignored now"),
          log.lines());
    }
  }

  @Test
  void logDoesNotQuoteTheResponse() throws Exception {
    try (ScriptedServer server = new ScriptedServer();
        RecordedLog log = new RecordedLog(PublishedKeysTest.class)) {
      PublishedKeys keys = keys(server);
      server.answer(
          out -> out.write("set-cookie: session=secret\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
      assertThrows(
          JWKSetUnavailableException.class,
          () -> keys.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), 0, null));
      assertEquals(
          List.of(
              "WARNING the keys of the issuer https://issuer.example cannot be read:"
                  + " ProtocolException"),
          log.lines());
    }
  }

  private static PublishedKeys keys(ScriptedServer server) {
    return new PublishedKeys(
        System.getLogger(PublishedKeysTest.class.getName()),
        "https://issuer.example",
        URI.create("http://127.0.0.1:" + server.port() + "/keys"),
        Duration.ofSeconds(30),
        new BoundedHttpClient(HttpClient.newBuilder(), 1_000));
  }
}
