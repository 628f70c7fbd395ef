package io.accesstokens.app;

import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.session.SessionStore;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.memory.InMemoryMintFlowStore;
import io.accesstokens.store.memory.InMemorySessionStore;
import io.accesstokens.store.memory.InMemorySigningKeyStore;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.store.TokenStore;
import java.util.Optional;

/**
 * The stores for all data of the application.
 *
 * @param shared the token store with its change feed if other processes can reach the database;
 *     empty if only this process uses the stores
 */
public record Stores(
    TokenStore tokens,
    SessionStore sessions,
    MintFlowStore mintFlows,
    SigningKeyStore signingKeys,
    Optional<HibernateTokenStore> shared) {

  /** Returns stores in memory. All data is lost when the process ends. */
  public static Stores inMemory() {
    return new Stores(
        new InMemoryTokenStore(),
        new InMemorySessionStore(),
        new InMemoryMintFlowStore(),
        new InMemorySigningKeyStore(),
        Optional.empty());
  }

  /**
   * Returns the stores of a database.
   *
   * @param isShared true if other processes can reach the database
   */
  public static Stores of(ConfiguredDatabase database, boolean isShared) {
    HibernateTokenStore tokens = new HibernateTokenStore(database.dataSource());
    return new Stores(
        tokens,
        tokens.sessions(),
        tokens.mintFlows(),
        tokens.signingKeys(),
        isShared ? Optional.of(tokens) : Optional.empty());
  }
}
