package io.accesstokens.store.memory;

import io.accesstokens.session.SessionStore;
import io.accesstokens.store.SessionStoreContract;

class InMemorySessionStoreTest extends SessionStoreContract {

  @Override
  protected SessionStore emptySessions() {
    return new InMemorySessionStore();
  }
}
