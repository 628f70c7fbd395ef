package com.example.catalog;

// region: controller
import io.accesstokens.auth.TokenPrincipal;
import io.accesstokens.verify.Verification;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/catalog")
class CatalogController {

  private final Map<String, String> items = new ConcurrentHashMap<>();

  @GetMapping
  Map<String, String> items() {
    return items;
  }

  @PutMapping("/{name}")
  void put(@PathVariable String name, @RequestBody String description) {
    items.put(name, description);
  }

  @GetMapping("/caller")
  Map<String, Object> caller(@AuthenticationPrincipal TokenPrincipal caller) {
    Verification.Accepted token = caller.verified();
    return Map.of(
        "tokenId", token.tokenId(), // permanent: authorize by scope or by this id
        "subject", token.subject(),
        "personal", token.isPersonal(),
        "scopes", token.scopes());
  }
}
// endregion
