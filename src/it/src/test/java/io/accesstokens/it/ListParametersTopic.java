package io.accesstokens.it;

import static io.accesstokens.testing.client.ServiceTokens.objects;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.testing.client.ApiResult;
import io.accesstokens.testing.server.RunningApplication;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the parameters of a list one by one. */
abstract class ListParametersTopic extends Topic {

  ListParametersTopic(RunningApplication application) {
    super(application);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "limit=", "offset=", "status=", "groupEntityRef=", "after=",
        "limit=&offset=&status=&groupEntityRef=&after=", "unknown=1", "limit", "status", ""
      })
  void emptyParameterCountsAsAbsent(String query) {
    JsonObject plain = alice.get(PATH).ok();
    JsonObject page = tokens.list(query);
    for (String field : List.of("total", "limit", "offset")) {
      assertEquals(plain.get(field), page.get(field), field);
    }
    assertEquals(ids(objects(plain, "tokens")), ids(objects(page, "tokens")));
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "limit=501",
        "limit=-1",
        "limit=abc",
        "limit=1.5",
        "limit=1e2",
        "limit=0x10",
        "limit=5%205",
        "limit=2147483648",
        "limit=99999999999999999999",
        "limit=%D9%A1",
        "offset=-1",
        "offset=x",
        "offset=1.5",
        "offset=10001",
        "offset=99999999999999999999",
        "status=bogus",
        "status=active,revoked",
        "status=%00",
        "expiresAfter=tomorrow",
        "expiresAfter=2027-01-31",
        "after=garbage",
        "after=%F0%9F%94%91",
        "after=AAAA",
        "after=-1"
      })
  void wrongParameterIsRejected(String query) {
    alice.get(PATH + '?' + query).problem(400);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @ValueSource(
      strings = {
        "limit=1&limit=2",
        "status=active&status=revoked",
        "limit=+5",
        "limit=05",
        "offset=10000",
        "offset=2147483647",
        "offset=2147483648",
        "offset=9223372036854775807",
        "status=ACTIVE",
        "groupEntityRef=a/b/c",
        "groupEntityRef=user:default/alice",
        "groupEntityRef=%00"
      })
  void unusualParameterCausesNoInternalError(String query) {
    ApiResult answer = alice.get(PATH + '?' + query);
    if (answer.status() != 200) {
      answer.problem(400);
    }
  }
}
