package io.accesstokens.store.memory;

import io.accesstokens.store.RotationContract;
import io.accesstokens.token.store.TokenStore;

class InMemoryRotationTest extends RotationContract {

  @Override
  protected TokenStore emptyStore() {
    return new InMemoryTokenStore();
  }
}
