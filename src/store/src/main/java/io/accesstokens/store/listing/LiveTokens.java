package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.StatusColumn;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import org.hibernate.StatelessSession;

/** Checks whether the number of live tokens of a group has reached a limit. */
public final class LiveTokens {

  private LiveTokens() {}

  /**
   * Returns true if a group has at least {@code many} live tokens. A live token is neither revoked
   * nor expired. The query reads at most {@code many} index entries of live tokens.
   */
  public static boolean reach(
      StatelessSession session, DatabaseKind databaseKind, EntityRef group, Instant now, int many) {
    // A token with a list_status of expired or revoked never becomes live again. The limit is not a
    // parameter. TokenListing explains why.
    String sql =
        "select count(*) from (select 1 as one from service_access_tokens t"
            + databaseKind.indexHint("service_access_tokens_group_status")
            + " where t.group_entity_ref = :group and t.list_status in (:active, :expiring)"
            + " and t.expires_at > :now limit "
            + many
            + ") c";
    return session
            .createNativeQuery(sql, Long.class)
            .setParameter("group", group.toString())
            .setParameter("active", StatusColumn.ACTIVE)
            .setParameter("expiring", StatusColumn.EXPIRING)
            .setParameter("now", InstantConverter.column(now))
            .getSingleResult()
        >= many;
  }
}
