package io.accesstokens.store.memory;

import io.accesstokens.store.PersonalTokenStoreContract;
import io.accesstokens.token.store.TokenStore;

class InMemoryPersonalTokensTest extends PersonalTokenStoreContract {

  @Override
  protected TokenStore emptyStore() {
    return new InMemoryTokenStore();
  }
}
