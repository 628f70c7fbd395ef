package io.accesstokens.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogJsonTest {

  private static final String EMPTY_PAGE = "{\"items\":[],\"pageInfo\":{}}";

  private final CatalogJson json = new CatalogJson();

  private CatalogJson.GroupPage page(String body) {
    return json.groups(body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whiteSpaceAfterTheObjectIsIgnored() {
    assertEquals(List.of(), page(EMPTY_PAGE + " \r\n").groups());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "{}", "}", ",", "<html>"})
  void textAfterTheObjectIsRejected(String text) {
    assertThrows(CatalogException.class, () -> page(EMPTY_PAGE + text));
  }
}
