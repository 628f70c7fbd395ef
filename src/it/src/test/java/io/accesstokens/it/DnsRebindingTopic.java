package io.accesstokens.it;

import io.accesstokens.testing.client.ApiResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that sample passwords work only under a name of this machine. A name that resolves to a
 * loopback address is not such a name. A browser would treat a page of that site as same-origin.
 */
abstract class DnsRebindingTopic extends Topic {

  private static final String SESSION = "/api/access-tokens/session";

  private ApiResult whoAmI(String target, String hosts) {
    return application
        .socket()
        .send("GET " + target + " HTTP/1.1\r\n" + hosts + BASIC + "Connection: close\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bad.cc",
        "BAD.CC",
        "bad.cc:8080",
        "f00d.cafe",
        "dead.beef:80",
        "cafe",
        "a.example",
        "bad.cc.",
        "localhost.",
        "127.1",
        "0x7f.1",
        "2130706433",
        "127.0.0.1.",
        "[::2]",
        "0.0.0.0"
      })
  void samplePasswordIsRejectedForAForeignHost(String host) {
    whoAmI(WHOAMI, "Host: " + host + "\r\n").expect(401);
    String body = "{\"username\":\"alice\",\"password\":\"alice\"}";
    application
        .socket()
        .send(
            ("POST %s HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\n"
                    + "Content-Type: application/json\r\nContent-Length: %d\r\n"
                    + "Connection: close\r\n\r\n%s")
                .formatted(SESSION, host, body.length(), body))
        .expect(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:1",
        "a.localhost",
        "127.0.0.1",
        "127.0.0.1:",
        "[::1]:8080",
        "[::ffff:127.0.0.1]"
      })
  void samplePasswordIsAcceptedForALocalHost(String host) {
    whoAmI(WHOAMI, "Host: " + host + "\r\n").expect(200);
  }

  /** The server rejects some of these before the application receives them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: localhost\r\nHost: bad.cc\r\n",
        "Host: bad.cc\r\nHost: localhost\r\n",
        "Host: localhost, bad.cc\r\n",
        "Host: alice@localhost\r\n",
        "Host: localhost:80@bad.cc\r\n",
        "Host: [::1%lo]\r\n",
        "Host: [bad.cc]\r\n"
      })
  void ambiguousHostIsRejected(String hosts) {
    whoAmI(WHOAMI, hosts).expectOneOf(400, 401);
  }

  @Test
  void foreignHostInTheRequestLineIsRejected() {
    whoAmI("http://bad.cc" + WHOAMI, "Host: localhost\r\n").expectOneOf(400, 401);
    whoAmI("http://localhost" + WHOAMI, "Host: bad.cc\r\n").expectOneOf(400, 401);
    whoAmI("http://bad.cc" + WHOAMI, "Host: bad.cc\r\n").expect(401);
  }

  @Test
  void http10RequestIsRejectedAsProxied() {
    application.socket().send("GET " + WHOAMI + " HTTP/1.0\r\n" + BASIC + "\r\n").expect(401);
    application
        .socket()
        .send("GET " + WHOAMI + " HTTP/1.0\r\nHost: localhost\r\n" + BASIC + "\r\n")
        .expect(401);
    application
        .socket()
        .send("GET http://bad.cc" + WHOAMI + " HTTP/1.0\r\n" + BASIC + "\r\n")
        .expectOneOf(400, 401);
  }
}
