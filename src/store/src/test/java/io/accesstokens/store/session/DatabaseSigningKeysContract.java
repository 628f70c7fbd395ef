package io.accesstokens.store.session;

import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.SigningKeyStoreContract;
import io.accesstokens.store.hibernate.OpenedStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract of signing key stores, for keys in a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseSigningKeysContract extends SigningKeyStoreContract {

  private OpenedStore opened;

  /** Opens a pool of connections to a database that no other test uses. */
  abstract ConnectionPool openPool() throws Exception;

  @BeforeAll
  void open() throws Exception {
    opened = new OpenedStore(openPool());
  }

  @AfterAll
  void closeAll() {
    opened.close();
  }

  @Override
  protected SigningKeyStore emptyKeys() throws Exception {
    return opened.without("access_token_signing_keys").signingKeys();
  }
}
