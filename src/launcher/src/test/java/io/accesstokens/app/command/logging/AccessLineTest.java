package io.accesstokens.app.command.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AccessLineTest {

  private static final String RAW = "bsat_0123456789012345678901234567890123456789012";
  private static final String ID = "7b2f1d58-93f4-4d53-a3f2-6f0a4ae7a9d1";

  private static String line(String method, String target, String userAgent) {
    return AccessLine.of(method, target, 200, 7, 42, "192.0.2.1", userAgent);
  }

  private static String path(String target) {
    String line = line("GET", target, "x");
    int from = line.indexOf("\"path\":\"") + 8;
    return line.substring(from, line.indexOf('"', from));
  }

  @Test
  void lineHasEachValueOnce() {
    assertEquals(
        "{\"method\":\"GET\",\"path\":\"/api/access-tokens/service/"
            + ID
            + "\",\"status\":200,\"durationMillis\":7,\"responseBytes\":42,"
            + "\"clientAddress\":\"192.0.2.1\",\"userAgent\":\"curl/8.14.1\"}",
        line("GET", "/api/access-tokens/service/" + ID, "curl/8.14.1"));
  }

  @Test
  void unreadableRequestHasALine() {
    assertEquals(
        "{\"method\":\"*\",\"path\":\"*\",\"status\":400,\"durationMillis\":0,\"responseBytes\":0}",
        AccessLine.of(null, null, 400, 0, -1, null, null));
  }

  /** The container reports an IPv6 address with all groups, as for a request that it refuses. */
  @Test
  void addressHasItsCanonicalForm() {
    String line = AccessLine.of(null, null, 400, 0, 0, "2001:db8:0:0:0:0:0:1", null);
    assertTrue(line.contains("\"clientAddress\":\"2001:db8::1\""), line);
  }

  @Test
  void pathHasNeitherQueryNorParametersNorLongSegments() {
    assertEquals("/a/b", path("/a/b?token=" + RAW));
    assertEquals("/a/b", path("/a;jsessionid=" + RAW + "/b;x"));
    assertEquals("/a/*/b", path("/a/" + RAW + "/b"));
    assertEquals("/a/*", path("/a/%62sat_x"));
    assertEquals("/a/*", path("/a/x\n{}"));
    assertEquals("/.well-known/app.css", path("/.well-known/app.css"));
    assertTrue(path("/x".repeat(100_000)).length() < 100, "unbounded");
  }

  @Test
  void userAgentIsBoundedAndHasNoLongWords() {
    String line =
        line("GET", "/", "Mozilla/5.0 (X11) token=" + RAW + " \u001b[31m\"" + "x ".repeat(999));
    assertFalse(line.contains(RAW.substring(0, 24)), line);
    assertTrue(line.contains("Mozilla/5.0 (X11) * ?[31m\\\"x x"), line);
    assertTrue(line.length() < 500, line);
    assertFalse(line("GET", "/", "x".repeat(180) + ' ' + RAW).contains("bsat_"), "cut at the end");
  }

  @Test
  void strangeMethodIsHidden() {
    assertTrue(line(RAW, "/", "x").startsWith("{\"method\":\"*\""), "a raw token as a method");
    assertTrue(line("PATCH", "/", "x").startsWith("{\"method\":\"PATCH\""), "PATCH");
  }
}
