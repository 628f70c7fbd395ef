package io.accesstokens.store.memory;

import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.SigningKeyStoreContract;

class InMemorySigningKeyStoreTest extends SigningKeyStoreContract {

  @Override
  protected SigningKeyStore emptyKeys() {
    return new InMemorySigningKeyStore();
  }
}
