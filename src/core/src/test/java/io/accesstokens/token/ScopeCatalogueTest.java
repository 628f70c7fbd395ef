package io.accesstokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.ScopeCatalogue.Definition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Tests a host's catalogue: the default scopes plus its own, or only its own. */
class ScopeCatalogueTest {

  private static final Definition REFUND = new Definition("orders:refund", "Refund", "shop");

  @Test
  void ownScopesComeAfterTheDefaultsInTheirOrder() {
    ScopeCatalogue catalogue =
        ScopeCatalogue.defaults().with("orders:read", "Read orders", "shop").and(of(REFUND));
    List<String> ids = catalogue.scopes().stream().map(Definition::id).toList();
    assertEquals(ScopeCatalogue.defaults().scopes().size() + 2, ids.size());
    assertEquals(List.of("orders:read", "orders:refund"), ids.subList(ids.size() - 2, ids.size()));
    assertEquals(List.of(REFUND), of(REFUND).scopes());
  }

  private static ScopeCatalogue of(Definition... scopes) {
    return ScopeCatalogue.of(scopes);
  }

  @Test
  void duplicateScopeIsRejectedByName() {
    refused("catalog:read", () -> ScopeCatalogue.defaults().with("catalog:read", "Mine", "shop"));
    refused("orders:refund", () -> of(REFUND, REFUND));
    refused("orders:refund", () -> of(REFUND).and(of(REFUND)));
  }

  private static void refused(String id, Executable making) {
    String message =
        String.valueOf(assertThrows(IllegalArgumentException.class, making).getMessage());
    assertTrue(message.contains(id), message);
  }
}
