package io.accesstokens.store.memory;

import io.accesstokens.store.CallersContract;
import io.accesstokens.token.store.TokenStore;

class InMemoryRotationTest extends CallersContract {

  @Override
  protected TokenStore emptyStore() {
    return new InMemoryTokenStore();
  }
}
