package io.accesstokens.http.input;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.accesstokens.http.response.ServiceTokenResponses;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RequestSchemasTest {

  /**
   * A client can send back a token that it has read. Each member must either be changed or refused.
   */
  @Test
  void eachMemberOfATokenIsEitherChangedOrRefusedByAPatch() {
    Set<String> known = new TreeSet<>(RequestSchemas.UNCHANGEABLE);
    names(RequestSchemas.TokenPatch.class).forEach(known::add);
    Set<String> members = new TreeSet<>(names(ServiceTokenResponses.Token.class));
    members.addAll(names(RequestSchemas.NewToken.class));
    assertEquals(members, known);
  }

  private static Set<String> names(Class<? extends Record> type) {
    Set<String> names = new TreeSet<>();
    Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).forEach(names::add);
    return names;
  }
}
