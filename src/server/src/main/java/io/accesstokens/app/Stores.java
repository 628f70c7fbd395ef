package io.accesstokens.app;

import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.notice.DailyNoticeStore;
import io.accesstokens.notice.DeliveryStore;
import io.accesstokens.notice.NoticeReportStore;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.session.SessionStore;
import io.accesstokens.signing.SigningKeyStore;
import io.accesstokens.store.hibernate.HibernateTokenStore;
import io.accesstokens.store.memory.InMemoryMintFlowStore;
import io.accesstokens.store.memory.InMemorySessionStore;
import io.accesstokens.store.memory.InMemorySigningKeyStore;
import io.accesstokens.store.memory.InMemoryTokenStore;
import io.accesstokens.token.store.TokenStore;
import io.accesstokens.transparency.LogStore;
import io.accesstokens.transparency.stream.StreamStore;
import java.util.Optional;

/**
 * The stores for all data of the application.
 *
 * @param log the transparency log of the audit events
 * @param shared the token store with its change feed if other processes can reach the database;
 *     empty if only this process uses the stores
 * @param notices the stores of notices; empty without a database
 * @param logStreams stores the index of the next entry to send, for each target of audit events;
 *     empty without a database
 */
public record Stores(
    TokenStore tokens,
    SessionStore sessions,
    MintFlowStore mintFlows,
    SigningKeyStore signingKeys,
    LogStore log,
    Optional<HibernateTokenStore> shared,
    Optional<Notices> notices,
    Optional<StreamStore> logStreams) {

  /** The stores of notices. */
  public record Notices(
      DeliveryStore deliveries, DailyNoticeStore daily, NoticeReportStore reports) {}

  /** Returns stores in memory. All data is lost when the process ends. */
  public static Stores inMemory() {
    InMemoryTokenStore tokens = new InMemoryTokenStore();
    return new Stores(
        tokens,
        new InMemorySessionStore(),
        new InMemoryMintFlowStore(),
        new InMemorySigningKeyStore(),
        tokens.log(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Returns the stores of a database.
   *
   * @param isShared true if other processes can reach the database
   * @param notices selects the notices that are written when tokens change
   */
  public static Stores of(ConfiguredDatabase database, boolean isShared, NoticeRouting notices) {
    HibernateTokenStore tokens = new HibernateTokenStore(database.dataSource(), notices);
    return new Stores(
        tokens,
        tokens.sessions(),
        tokens.mintFlows(),
        tokens.signingKeys(),
        tokens.log(),
        isShared ? Optional.of(tokens) : Optional.empty(),
        Optional.of(
            new Notices(tokens.deliveries(), tokens.dailyNotices(), tokens.noticeReports())),
        Optional.of(tokens.logStreams()));
  }
}
