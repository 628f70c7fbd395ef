package io.accesstokens.store.memory;

import io.accesstokens.store.ReportsContract;
import io.accesstokens.store.Samples;
import io.accesstokens.token.store.TokenStore;

class InMemoryTokenStoreTest extends ReportsContract {

  @Override
  protected TokenStore emptyStore() {
    return new InMemoryTokenStore();
  }

  @Override
  protected void createMany(int count) {
    for (int i = 0; i < count; i++) {
      Samples.put(store, Samples.token("many-" + i));
    }
  }
}
