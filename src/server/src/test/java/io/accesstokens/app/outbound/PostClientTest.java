package io.accesstokens.app.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.testing.Certificate;
import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.testing.TimeLimits;
import io.accesstokens.verify.AddressRange;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.ContentType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostClientTest {

  @Test
  void callOfAClosedClientFails() {
    PostClient client =
        new PostClient(
            URI.create("http://127.0.0.1:9/"),
            new PostClient.Network(SystemDefaultDnsResolver.INSTANCE, "1.0"),
            List.of(),
            100,
            Duration.ofSeconds(1));
    client.close();
    FailedCallException e =
        assertThrows(
            FailedCallException.class,
            () -> client.post(Map.of(), new byte[0], ContentType.APPLICATION_JSON));
    assertEquals("the server is stopping", e.getMessage());
  }

  @Test
  void reasonOfARefusedCertificateIsNamed(@TempDir Path folder) throws Exception {
    Certificate certificate = Certificate.selfSigned(folder);
    try (ScriptedServer tls = new ScriptedServer(certificate.serving());
        PostClient client =
            new PostClient(
                URI.create("https://127.0.0.1:" + tls.port()),
                new PostClient.Network(SystemDefaultDnsResolver.INSTANCE, "1.0"),
                List.of(AddressRange.parse("127.0.0.1").orElseThrow()),
                100,
                Duration.ofMinutes(3))) {
      // A stop of the machine can exceed the timeout of the handshake.
      TimeLimits.repeatAfterStop(
          () ->
              assertEquals(
                  "no TLS connection with a trusted certificate (SSLHandshakeException: "
                      + "SunCertPathBuilderException: unable to find valid certification path to"
                      + " requested target)",
                  assertThrows(
                          FailedCallException.class,
                          () -> client.post(Map.of(), new byte[0], ContentType.APPLICATION_JSON))
                      .getMessage()));
      assertEquals(List.of(), tls.requests());
    }
  }
}
