package io.accesstokens.store.memory;

import io.accesstokens.store.NeededScopesContract;
import io.accesstokens.token.store.TokenStore;

class InMemoryRotationTest extends NeededScopesContract {

  @Override
  protected TokenStore emptyStore() {
    return new InMemoryTokenStore();
  }
}
