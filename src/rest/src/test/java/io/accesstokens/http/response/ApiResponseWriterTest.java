package io.accesstokens.http.response;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.http.problem.TooManyLargeResponsesException;
import io.accesstokens.testing.TestDouble;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the memory of a response while the response is made. */
class ApiResponseWriterTest {

  private static final int LIMIT = 1_000_000;

  private final ResponseMemory memory = new ResponseMemory(LIMIT);
  private final ApiResponseWriter writer = new ApiResponseWriter(memory);

  /**
   * A response body with a list. It is not a record, because JSON-B computes its hash code first.
   */
  public static final class Body implements ResponseBody {
    private final List<String> items;

    private Body(List<String> items) {
      this.items = items;
    }

    public List<String> getItems() {
      return items;
    }
  }

  /** Returns a body with 8,000 texts of 100 characters, which runs an action at the last text. */
  private static Body body(Runnable atEnd) {
    return new Body(
        new AbstractList<>() {
          @Override
          public String get(int index) {
            if (index == size() - 1) {
              atEnd.run();
            }
            return "x".repeat(100);
          }

          @Override
          public int size() {
            return 8_000;
          }
        });
  }

  private void write(Body body, OutputStream out) throws IOException {
    writer.writeTo(
        body,
        Body.class,
        Body.class,
        new Annotation[0],
        MediaType.APPLICATION_JSON_TYPE,
        new MultivaluedHashMap<>(),
        out);
  }

  @Test
  void memoryIsReservedWhileTheResponseIsMade() throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    Runnable other =
        () ->
            assertThrows(
                TooManyLargeResponsesException.class, () -> memory.reserve(null, LIMIT / 2));
    write(body(other), sent);
    assertEquals(
        "{\"items\":["
            + "\"x\",".replace("x", "x".repeat(100)).repeat(7_999)
            + '"'
            + "x".repeat(100)
            + "\"]}",
        sent.toString(StandardCharsets.UTF_8));
    assertDoesNotThrow(() -> memory.reserve(null, LIMIT)).close();
  }

  @Test
  void refusedResponseReleasesItsMemory() throws IOException {
    // The response can reserve its first part only.
    ResponseMemory.Reservation other = memory.reserve(null, LIMIT / 8);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    Runnable whileItIsMade = () -> memory.reserve(null, LIMIT / 4 - LIMIT / 8).close();
    assertThrows(TooManyLargeResponsesException.class, () -> write(body(whileItIsMade), sent));
    assertEquals(0, sent.size());
    other.close();
    memory.reserve(null, LIMIT).close();
    write(body(() -> {}), sent);
  }

  @Test
  void headRequestsAreLimited() {
    writer.request = TestDouble.of(Request.class, call -> HttpMethod.HEAD);
    memory.reserve(null, LIMIT / 2);
    assertThrows(
        TooManyLargeResponsesException.class,
        () -> write(body(() -> {}), OutputStream.nullOutputStream()));
  }
}
