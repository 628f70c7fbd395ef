package io.accesstokens.app.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTraceTest {

  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";
  private static final String VALID = "00-" + ID + "-" + PARENT + "-01";

  private static String choose(Map<String, List<String>> headers) {
    return RequestTrace.choose(name -> values(headers.get(name)));
  }

  private static @Nullable Enumeration<String> values(@Nullable List<String> values) {
    return values == null ? null : Collections.enumeration(values);
  }

  private static void assertNew(String id) {
    assertTrue(id.matches("[0-9a-f]{32}"), id);
    assertNotEquals(ID, id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        VALID,
        "00-" + ID + "-" + PARENT + "-00",
        "00-" + ID + "-" + PARENT + "-ff",
        "01-" + ID + "-" + PARENT + "-01",
        "cc-" + ID + "-" + PARENT + "-01-what-the-future-will-be",
        "fe-" + ID + "-" + PARENT + "-01-"
      })
  void validTraceParentGivesItsTraceId(String value) {
    assertEquals(ID, choose(Map.of("traceparent", List.of(value), "X-Request-Id", List.of("x"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-" + ID + "-" + PARENT,
        "00-" + ID + "-" + PARENT + "-0",
        "00-" + ID + "-" + PARENT + "-0x",
        "00-" + ID + "-" + PARENT + "-01-",
        "00-" + ID + "-" + PARENT + "-01-extra",
        "00-" + ID + "-" + PARENT + "-01 ",
        " 00-" + ID + "-" + PARENT + "-01",
        "cc-" + ID + "-" + PARENT + "-01.what",
        "ff-" + ID + "-" + PARENT + "-01",
        "0-" + ID + "-" + PARENT + "-01",
        "0g-" + ID + "-" + PARENT + "-01",
        "00_" + ID + "-" + PARENT + "-01",
        "00-" + ID + "_" + PARENT + "-01",
        "00-" + ID + "-" + PARENT + "_01",
        "00-00000000000000000000000000000000-" + PARENT + "-01",
        "00-" + ID + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + PARENT + "-01",
        "00-" + ID + "-00F067AA0BA902B7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473\n-" + PARENT + "-01",
        VALID + "," + VALID
      })
  void invalidTraceParentIsIgnored(String value) {
    assertNew(choose(Map.of("traceparent", List.of(value))));
    assertEquals(
        "x-1", choose(Map.of("traceparent", List.of(value), "X-Request-Id", List.of("x-1"))));
  }

  @Test
  void repeatedTraceParentIsIgnored() {
    assertNew(choose(Map.of("traceparent", List.of(VALID, VALID))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        ID,
        "7b2f1d58-93f4-4d53-a3f2-6f0a4ae7a9d1",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "node.1:42_x",
        "0123456789012345678901234567890123456789"
      })
  void safeRequestIdIsUsed(String value) {
    assertEquals(value, choose(Map.of("X-Request-Id", List.of(value))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a\r\nx: y",
        "a\u001b[31m",
        "\"}",
        "${jndi:x}",
        "\u00e9",
        "01234567890123456789012345678901234567890",
        "bsat_0123456789012345678901234567890123456789012"
      })
  void unsafeRequestIdIsReplaced(String value) {
    assertNew(choose(Map.of("X-Request-Id", List.of(value))));
  }

  @Test
  void repeatedRequestIdIsReplaced() {
    assertNew(choose(Map.of("X-Request-Id", List.of("a", "b"))));
  }

  /** Tomcat returns null as the value of a header that contains an illegal character. */
  @Test
  void headerWithoutAValueIsIgnored() {
    List<@Nullable String> none = Collections.singletonList(null);
    assertNew(RequestTrace.choose(name -> Collections.enumeration(none)));
  }

  @Test
  void newIdsDiffer() {
    assertNotEquals(choose(Map.of()), choose(Map.of()));
  }
}
