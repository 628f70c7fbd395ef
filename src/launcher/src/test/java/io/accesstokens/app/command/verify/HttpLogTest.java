package io.accesstokens.app.command.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.log.LogFormatException;
import io.accesstokens.testing.ScriptedServer;
import io.accesstokens.testing.TimeLimits;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HttpLogTest {

  private static HttpLog log(ScriptedServer server, Duration timeout) {
    return new HttpLog(URI.create("http://127.0.0.1:" + server.port() + "/"), null, timeout);
  }

  @Test
  void responseThatStallsEndsInATimeout() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedServer server = new ScriptedServer()) {
      server.answer(
          out -> {
            out.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc"
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            end.await();
          });
      UncheckedIOException failure =
          TimeLimits.within(
              Duration.ofSeconds(20),
              () ->
                  assertThrows(
                      UncheckedIOException.class,
                      () -> log(server, Duration.ofSeconds(1)).checkpoint()));
      assertTrue(
          String.valueOf(failure.getMessage()).contains("no complete response"), failure::toString);
    } finally {
      end.countDown();
    }
  }

  @Test
  void lengthOfResponsesIsLimited() throws Exception {
    try (ScriptedServer server = new ScriptedServer()) {
      HttpLog log = log(server, Duration.ofMinutes(1));
      String longest = "x".repeat(LogFiles.MAX_NOTE_BYTES);
      server.answer(ScriptedServer.whole("200 OK", "", longest));
      assertArrayEquals(longest.getBytes(StandardCharsets.US_ASCII), log.checkpoint());
      server.answer(ScriptedServer.whole("200 OK", "", longest + "x"));
      LogFormatException tooLong = assertThrows(LogFormatException.class, log::checkpoint);
      assertEquals("checkpoint is too long", tooLong.getMessage());
    }
  }
}
