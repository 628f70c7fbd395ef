package io.accesstokens.store.hibernate;

import io.accesstokens.store.entity.JsonText;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.feed.FeedEntries;
import io.accesstokens.store.feed.VerdictChanges.Written;
import io.accesstokens.store.jdbc.ChangeCounter;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.store.TokenUpdate;
import io.accesstokens.verify.ChangeFeed;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/** Changes the properties of service tokens. */
final class TokenChanges {

  private TokenChanges() {}

  /**
   * Changes a token and writes the audit log. Does not write the feed entry. The row of the token
   * is locked while {@code work} runs.
   *
   * @return the update, and the feed entry that the caller must write
   */
  static Written<Optional<TokenUpdate>> update(
      StatelessSession session, UUID id, Function<ServiceToken, TokenUpdate> work) {
    TokenEntity row = locked(session, id);
    if (row == null) {
      return Written.unchanged(Optional.empty());
    }
    TokenUpdate update = work.apply(row.token());
    AuditEvent updated = update.updated();
    if (updated == null) {
      return Written.alreadyDone(Optional.of(update), ChangeCounter.read(session));
    }
    write(session, update.token());
    TokenTable.SERVICE.append(session, updated);
    return Written.changed(
        Optional.of(update),
        new FeedEntries(
            List.of(new FeedEntries.Entry(ChangeFeed.CHANGED, row.digest())),
            updated.occurredAt()));
  }

  private static @Nullable TokenEntity locked(StatelessSession session, UUID id) {
    return session
        .createNativeQuery(
            "select * from " + TokenEntity.TABLE + " where id = :id for update", TokenEntity.class)
        .setParameter("id", id.toString())
        .getSingleResultOrNull();
  }

  /** Updates only these columns, so that the usage and a later revocation are kept. */
  private static void write(StatelessSession session, ServiceToken token) {
    session
        .createMutationQuery(
            "update TokenEntity t set t.description = :description, t.scopes = :scopes,"
                + " t.expiresAt = :expiresAt, t.allowedAddresses = :addresses,"
                + " t.requestsPerMinute = :requests where t.id = :id")
        .setParameter("description", token.description())
        .setParameter("scopes", JsonText.ofList(token.scopes()))
        .setParameter("expiresAt", token.expiresAt())
        .setParameter("addresses", TokenEntity.addresses(token.limits()), String.class)
        .setParameter("requests", token.limits().requestsPerMinute(), Integer.class)
        .setParameter("id", token.id().toString())
        .executeUpdate();
  }
}
