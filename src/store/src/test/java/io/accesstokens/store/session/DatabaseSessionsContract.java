package io.accesstokens.store.session;

import io.accesstokens.session.SessionStore;
import io.accesstokens.store.SessionStoreContract;
import io.accesstokens.store.hibernate.OpenedStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract of session stores, for sessions in a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseSessionsContract extends SessionStoreContract {

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
  protected SessionStore emptySessions() throws Exception {
    return opened.without("access_token_sessions").sessions();
  }
}
