package io.accesstokens.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.token.ScopeCatalog.Definition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Tests a host's catalog: the default scopes plus its own, or only its own. */
class ScopeCatalogTest {

  private static final Definition REFUND = new Definition("orders:refund", "Refund", "shop");

  @Test
  void ownScopesComeAfterTheDefaultsInTheirOrder() {
    ScopeCatalog scopeCatalog =
        ScopeCatalog.defaults().with("orders:read", "Read orders", "shop").and(of(REFUND));
    List<String> ids = scopeCatalog.scopes().stream().map(Definition::id).toList();
    assertEquals(ScopeCatalog.defaults().scopes().size() + 2, ids.size());
    assertEquals(List.of("orders:read", "orders:refund"), ids.subList(ids.size() - 2, ids.size()));
    assertEquals(List.of(REFUND), of(REFUND).scopes());
  }

  private static ScopeCatalog of(Definition... scopes) {
    return ScopeCatalog.of(scopes);
  }

  @Test
  void duplicateScopeIsRejectedByName() {
    refused("catalog:read", () -> ScopeCatalog.defaults().with("catalog:read", "Mine", "shop"));
    refused("orders:refund", () -> of(REFUND, REFUND));
    refused("orders:refund", () -> of(REFUND).and(of(REFUND)));
  }

  private static void refused(String id, Executable making) {
    String message =
        String.valueOf(assertThrows(IllegalArgumentException.class, making).getMessage());
    assertTrue(message.contains(id), message);
  }
}
