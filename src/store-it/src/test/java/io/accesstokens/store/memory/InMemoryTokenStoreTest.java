package io.accesstokens.store.memory;

import io.accesstokens.store.ReportsContract;
import io.accesstokens.store.Samples;
import io.accesstokens.token.query.TokenOrder;
import io.accesstokens.token.store.TokenStore;
import java.util.List;

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

  /** This store reads long lists as it reads short ones: newest first, or sorted by any key. */
  @Override
  protected List<TokenOrder> ordersOfLongLists() {
    return List.of(TokenOrder.NEWEST_FIRST, new TokenOrder(TokenOrder.Key.NAME, true));
  }
}
