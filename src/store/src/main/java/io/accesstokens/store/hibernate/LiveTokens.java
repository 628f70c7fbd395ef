package io.accesstokens.store.hibernate;

import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import org.hibernate.StatelessSession;

/** Counts the tokens of a group that are neither revoked nor expired. */
final class LiveTokens {

  private LiveTokens() {}

  /** Whether a group has so many, at least. Reads index entries only, and no more than that. */
  static boolean reach(
      StatelessSession session, DatabaseKind vendor, EntityRef group, Instant now, int many) {
    // What stands as expired or revoked is so for good. The limit is no parameter: see
    // TokenListing.
    String sql =
        "select count(*) from (select 1 as one from service_access_tokens t"
            + vendor.indexHint("service_access_tokens_group_status")
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
