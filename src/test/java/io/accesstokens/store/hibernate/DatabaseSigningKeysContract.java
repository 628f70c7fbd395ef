package io.accesstokens.store.hibernate;

import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.SigningKeyStoreContract;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The same of signing keys that are rows of a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseSigningKeysContract extends SigningKeyStoreContract {

  private ConnectionPool pool;
  private HibernateTokenStore opened;

  /** A pool of connections to a database that nobody else uses. */
  abstract ConnectionPool openPool() throws Exception;

  @BeforeAll
  void open() throws Exception {
    pool = openPool();
    Migrations.migrate(pool);
    opened = new HibernateTokenStore(pool);
  }

  @AfterAll
  void closeAll() {
    opened.close();
    pool.close();
  }

  @Override
  protected SigningKeyStore emptyKeys() throws Exception {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("delete from access_token_signing_keys");
    }
    return opened.signingKeys();
  }
}
