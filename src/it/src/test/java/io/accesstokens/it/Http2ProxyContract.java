package io.accesstokens.it;

import io.accesstokens.testing.client.RawHttp2;
import io.accesstokens.testing.client.TestToken;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests a proxy that also accepts HTTP/2 with its documented configuration. */
abstract class Http2ProxyContract extends ProxyContract {

  private final int port;

  /**
   * Creates the tests of a proxy.
   *
   * @param port the port on which the proxy accepts HTTP/2 without TLS
   */
  Http2ProxyContract(DocumentedProxy kind, ProxyIT running, int port) {
    super(kind, running);
    this.port = port;
  }

  /**
   * Over HTTP/2, a body needs no header field with its length. If a proxy sends the body of CONNECT
   * without its length, the application can read the body as further requests.
   */
  @Test
  void connectOverHttp2IsNeverForwarded() {
    TestToken reader = tokenWith("catalog:read");
    Map.Entry<String, String> authority = Map.entry(":authority", "localhost:80");
    Map.Entry<String, String> credential =
        Map.entry("authorization", "Bearer " + reader.rawToken());
    RawHttp2.send(
        port,
        List.of(
            Map.entry(":method", "POST"),
            Map.entry(":scheme", "http"),
            Map.entry(":path", "/"),
            authority,
            credential,
            Map.entry("content-length", "8")),
        "the body");
    assertForwardedWithIdentity(reader, "POST");
    RawHttp2.send(
        port,
        List.of(Map.entry(":method", "CONNECT"), authority, credential),
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Access-Token-Subject: forged\r\n\r\n");
    assertNothingForwarded("CONNECT");
  }
}
