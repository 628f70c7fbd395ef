package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.hibernate.StatelessSession;

/** Finds the creators of unrevoked, unexpired service tokens. The query reads all tokens. */
public final class CreatorQuery {

  private CreatorQuery() {}

  /** Returns each creator with the number of unrevoked, unexpired tokens in each group. */
  public static Map<String, Map<EntityRef, Long>> read(StatelessSession session, Instant now) {
    Map<String, Map<EntityRef, Long>> creators = new HashMap<>();
    session
        .createNativeQuery(
            "select t.created_by, t.group_entity_ref, count(*) from "
                + TokenEntity.TABLE
                + " t where t.revoked_at is null and t.expires_at > :now"
                + " group by t.created_by, t.group_entity_ref",
            Object[].class)
        .setParameter("now", InstantConverter.column(now))
        .getResultStream()
        .forEach(
            row ->
                creators
                    .computeIfAbsent((String) row[0], creator -> new HashMap<>())
                    .put(TokenEntity.ref((String) row[1]), ((Number) row[2]).longValue()));
    return creators;
  }
}
