package io.accesstokens.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.store.LogStoreContract;
import io.accesstokens.store.Samples;
import io.accesstokens.testing.TestDouble;
import io.accesstokens.token.StoreUnavailableException;
import io.accesstokens.transparency.LogSequencer;
import io.accesstokens.transparency.LogStore;
import org.junit.jupiter.api.Test;

class InMemoryLogStoreTest extends LogStoreContract {

  private static final int LARGEST_APPEND = 3;

  @Override
  protected LoggedStores emptyStores() {
    InMemoryTokenStore tokens = new InMemoryTokenStore();
    return new LoggedStores(tokens, tokens.log());
  }

  /** Returns a store that ends each transaction with too many events, as a database does. */
  private static LogStore limited(LogStore store) {
    return TestDouble.around(
        LogStore.class,
        store,
        call -> {
          if (call.name().equals("append") && (int) call.argument(0) > LARGEST_APPEND) {
            throw new StoreUnavailableException("the transaction took too long", null);
          }
          return call.proceed();
        });
  }

  @Test
  void appendThatTakesTooLongIsRepeatedWithFewerEvents() {
    LoggedStores stores = emptyStores();
    for (int i = 0; i < 20; i++) {
      Samples.put(stores.tokens(), Samples.token("ci-" + i));
    }
    LogSequencer sequencer = sequencer(limited(stores.log()));
    int failures = 0;
    while (stores.log().hasPendingEvents() && failures < 100) {
      try {
        sequencer.run();
      } catch (StoreUnavailableException e) {
        failures++;
      }
    }
    assertEquals(20, stores.log().state().size(), "entries");
    assertTrue(failures > 0, "no append had too many events");
  }
}
