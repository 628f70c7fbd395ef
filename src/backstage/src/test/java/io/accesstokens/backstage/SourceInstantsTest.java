package io.accesstokens.backstage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceInstantsTest {

  @ParameterizedTest
  @CsvSource({
    "2026-03-01T12:00:00.123Z, 2026-03-01T12:00:00.123Z",
    "2026-03-01 12:00:00.123+00, 2026-03-01T12:00:00.123Z",
    "2026-03-01 17:30:00.123456+05:30, 2026-03-01T12:00:00.123Z",
    "2026-03-01 17:30:00.1+0530, 2026-03-01T12:00:00.1Z",
    "2026-03-01 17:30:00+05:30:00, 2026-03-01T12:00:00Z",
    "2026-03-01 12:00:00.123999, 2026-03-01T12:00:00.123Z",
    "2026-03-01 12:00:00.0, 2026-03-01T12:00:00Z",
    "2026-03-01 12:00:00, 2026-03-01T12:00:00Z",
    "2026-03-01T12:00, 2026-03-01T12:00:00Z",
    "1772366400123, 2026-03-01T12:00:00.123Z",
    "1772366400123.0, 2026-03-01T12:00:00.123Z",
    "9999-12-30 23:59:59, 9999-12-30T23:59:59Z"
  })
  void everyRepresentationIsRead(String text, Instant instant) {
    assertEquals(Optional.of(instant), SourceInstants.read(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "null",
        "0",
        "-1",
        "1772366400", // seconds
        "99999999999999999999",
        "0000-00-00 00:00:00",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-02-30T12:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01",
        "2026-03-01T12:00:00Zjunk",
        "+2026-03-01T12:00:00Z",
        "Sun Mar 01 2026 12:00:00 GMT"
      })
  void anyOtherTextIsRejected(String text) {
    assertEquals(Optional.empty(), SourceInstants.read(text));
  }
}
