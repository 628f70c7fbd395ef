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
 * The stores for everything that the application keeps.
 *
 * @param shared the token store if other processes can reach it: they follow its change feed
 */
public record Stores(
    TokenStore tokens,
    SessionStore sessions,
    MintFlowStore mintFlows,
    SigningKeyStore signingKeys,
    Optional<HibernateTokenStore> shared) {

  /** Returns stores that are gone when the process ends. */
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
   * @param isShared true if other processes can reach it
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
