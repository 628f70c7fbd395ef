package io.accesstokens.store.session;

import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.session.SessionStore;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.MintFlowStoreContract;
import io.accesstokens.store.SessionStoreContract;
import io.accesstokens.store.SigningKeyStoreContract;
import io.accesstokens.store.hibernate.OpenedStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The contracts of the stores of sessions, mint flows and signing keys, in one database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseSessionStoresContract {

  private OpenedStore opened;

  /** Opens a pool of connections to a database that no other test uses. */
  abstract ConnectionPool openPool();

  @BeforeAll
  void open() {
    opened = new OpenedStore(openPool());
  }

  @AfterAll
  void close() {
    opened.close();
  }

  @Nested
  class Sessions extends SessionStoreContract {

    @Override
    protected SessionStore emptySessions() throws SQLException {
      return opened.without("access_token_sessions").sessions();
    }
  }

  @Nested
  class MintFlows extends MintFlowStoreContract {

    @Override
    protected MintFlowStore emptyFlows() throws SQLException {
      return opened.without("personal_token_mint_flows", "access_token_holders").mintFlows();
    }
  }

  @Nested
  class SigningKeys extends SigningKeyStoreContract {

    @Override
    protected SigningKeyStore emptyKeys() throws SQLException {
      return opened.without("access_token_signing_keys").signingKeys();
    }
  }
}
