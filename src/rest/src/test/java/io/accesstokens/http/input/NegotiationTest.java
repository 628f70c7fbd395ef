package io.accesstokens.http.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how the headers Accept and Content-Type are evaluated. */
class NegotiationTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "*/*",
        "application/*",
        "application/json",
        "APPLICATION/JSON",
        "application/json;charset=utf-16",
        "application/json;charset=nonsense",
        "application/json; q=0.001",
        "text/html, application/json;q=0.1",
        "text/html,*/*;q=0.1",
        // the default of HttpURLConnection in Java 8, 11 and older releases of 17
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
        "*/*;q=0, application/json",
        "application/*;q=0,application/json;q=1.000",
        "a/b/c, application/json",
        "application/json;v=\"1\"",
        "application/json ; q=1 ; x=y",
        "text/*;q=0, */*",
        "application/json;q=x, */*;q=0.1"
      })
  void jsonIsAdmitted(String accept) {
    assertEquals("application/json", Negotiation.accept(List.of(accept)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "application/json;q=0",
        "application/json;q=0.000",
        "*/*;q=0",
        "text/html, application/json;q=0",
        "application/xml",
        "a/b/c",
        "json",
        "*/json",
        "application/problem+json",
        "application/json;q=x",
        "application/json;q=7",
        "application/json;q=1.5",
        "application/json;q=\"1\"",
        "application/json;q=-1, text/html"
      })
  void jsonIsNotAdmitted(String accept) {
    assertEquals("application/x-none", Negotiation.accept(List.of(accept)));
  }

  @Test
  void exportTypesAreAdmittedIfJsonIsNot() {
    assertEquals("text/csv", Negotiation.accept(List.of("Text/CSV;q=0.5, text/html")));
    assertEquals("text/csv", Negotiation.accept(List.of("text/*")));
    assertEquals("text/csv", Negotiation.accept(List.of("application/*;q=0, */*")));
    assertEquals("application/x-ndjson", Negotiation.accept(List.of("application/x-ndjson")));
    assertEquals("application/x-ndjson", Negotiation.accept(List.of("*/*, application/json;q=0")));
    assertEquals("application/json", Negotiation.accept(List.of("text/csv, */*;q=0.1")));
    assertEquals("application/x-none", Negotiation.accept(List.of("text/csv;q=0, text/*")));
  }

  @Test
  void linesOfOneHeaderAreOneList() {
    assertEquals("application/json", Negotiation.accept(List.of("text/html", "application/json")));
    assertEquals("application/json", Negotiation.accept(List.of()));
  }

  @Test
  void aContentTypeIsOneMediaTypeOrNone() {
    assertNull(Negotiation.contentType(List.of()));
    assertEquals(
        "application/json; charset=UTF-8",
        Negotiation.contentType(List.of(" application/json; charset=UTF-8 ")));
    for (String malformed :
        List.of(
            "",
            "json",
            "/",
            "application/",
            "////",
            "application/json; charset=",
            "application/json, text/plain")) {
      assertEquals(
          "application/octet-stream", Negotiation.contentType(List.of(malformed)), malformed);
    }
    assertEquals(
        "application/octet-stream",
        Negotiation.contentType(List.of("application/json", "application/json")));
  }
}
