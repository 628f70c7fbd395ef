package io.accesstokens.store.listing;

import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.hibernate.StatelessSession;

/** Finds the service tokens whose previous secret is valid. */
public final class GracePeriodQuery {

  private GracePeriodQuery() {}

  /**
   * Returns the ids of the tokens, ordered by the time at which the previous secret ends.
   *
   * @param groups the groups, at least one; an empty {@code Optional} selects all groups
   * @param limit the maximum number of tokens
   */
  public static List<UUID> read(
      StatelessSession session, Optional<Set<EntityRef>> groups, Instant at, int limit) {
    LocalDateTime now = InstantConverter.column(at);
    // A secret is valid until it expires or its token expires, so the earlier instant is its end.
    String end = "case when s.expires_at < t.expires_at then s.expires_at else t.expires_at end";
    WhereClause where =
        new WhereClause()
            .and("s.ended_at is null")
            .and("s.expires_at > ?", now)
            .and("t.revoked_at is null")
            .and("t.expires_at > ?", now);
    groups.ifPresent(
        some -> where.in("t.group_entity_ref", some.stream().map(EntityRef::toString).toList()));
    StringBuilder sql =
        new StringBuilder("select s.token_id from access_token_secrets s join ")
            .append(TokenEntity.TABLE)
            .append(" t on t.id = s.token_id");
    List<Object> parameters = new ArrayList<>();
    where.appendTo(sql, parameters);
    sql.append(" order by ").append(end).append(", s.token_id limit ?");
    parameters.add(limit);
    return TokenListing.bound(session.createNativeQuery(sql.toString(), String.class), parameters)
        .getResultStream()
        .map(UUID::fromString)
        .toList();
  }
}
