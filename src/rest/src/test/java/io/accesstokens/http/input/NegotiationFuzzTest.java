package io.accesstokens.http.input;

import static io.accesstokens.testing.FuzzInput.headers;
import static io.accesstokens.testing.FuzzInput.holds;
import static io.accesstokens.testing.FuzzInput.same;
import static java.util.function.Predicate.not;
import static java.util.stream.Collectors.joining;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;

/** Fuzzes the headers Accept and Content-Type. Each line of the input is one line of the header. */
class NegotiationFuzzTest {

  private static final String NOTHING = "application/x-none";
  private static final Set<String> ACCEPTED =
      Set.of("application/json", "application/x-ndjson", "text/csv", NOTHING);

  @FuzzTest
  @DictionaryEntries({
    "application/json",
    "text/csv",
    "application/x-ndjson",
    "*/*",
    "application/*",
    ";q=0",
    ";q=0.5"
  })
  void mediaTypes(byte[] input) {
    List<String> values = headers(input);
    String accepted = Negotiation.accept(values);
    holds("a known media type: " + accepted, ACCEPTED.contains(accepted));
    String joined = values.stream().filter(not(String::isBlank)).collect(joining(","));
    same("one line for many", accepted, Negotiation.accept(List.of(joined)));
    same("a media type accepts itself", accepted, Negotiation.accept(List.of(accepted)));

    String type = Negotiation.contentType(values);
    holds("a media type for a header that is there", type != null);
    MediaType parsed = MediaType.valueOf(type);
    same("what passes stays", type, Negotiation.contentType(List.of(String.valueOf(type))));
    holds("no line break within a media type", parsed.toString().indexOf('\n') < 0);
  }
}
