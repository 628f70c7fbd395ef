package io.accesstokens.store.session;

import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.store.MintFlowStoreContract;
import io.accesstokens.store.hibernate.OpenedStore;
import io.accesstokens.store.jdbc.ConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract of mint flow stores, for flows in a database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseMintFlowsContract extends MintFlowStoreContract {

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
  protected MintFlowStore emptyFlows() throws Exception {
    return opened.without("personal_token_mint_flows", "access_token_holders").mintFlows();
  }
}
