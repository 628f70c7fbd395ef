package io.accesstokens.store.listing;

import io.accesstokens.store.entity.AuditEntity;
import io.accesstokens.store.entity.InstantConverter;
import io.accesstokens.store.entity.TokenEntity;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.token.audit.AuditLogFilter;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A part of the events that match a filter, which an index returns in the order of time.
 *
 * <p>The branches of a filter have no event in common. There is one for each group. One more has
 * the events whose rows were written by older versions and do not contain the group yet.
 * Maintenance fills it in, and the results are exact before that, too.
 *
 * @param hint makes the database use the index; empty where the database must choose the filter
 *     with the fewest events
 * @param condition selects the events of the branch
 */
public record AuditLogBranch(String hint, WhereClause condition) {

  private static final String INDEX = AuditEntity.TABLE + '_';

  /**
   * The number of characters of an actor in the column {@code actor_key}, which the indexes
   * contain.
   */
  private static final int KEY = 700;

  static List<AuditLogBranch> of(AuditLogFilter filter, DatabaseKind vendor) {
    WhereClause common = common(filter);
    if (filter.groups().isEmpty()) {
      return List.of(new AuditLogBranch(hint(filter, vendor), common));
    }
    List<AuditLogBranch> branches = new ArrayList<>();
    List<String> groups = filter.groups().get().stream().map(EntityRef::toString).toList();
    for (String group : groups) {
      branches.add(
          new AuditLogBranch(
              hint(filter, vendor), common.copy().and("a.group_entity_ref = ?", group)));
    }
    String ofThese =
        "a.group_entity_ref is null and exists (select 1 from "
            + TokenEntity.TABLE
            + " t where t.id = a.token_id and t.group_entity_ref in ("
            + String.join(", ", Collections.nCopies(groups.size(), "?"))
            + "))";
    branches.add(
        new AuditLogBranch(
            vendor.indexHint(INDEX + "group"), common.copy().and(ofThese, groups.toArray())));
    return branches;
  }

  private static WhereClause common(AuditLogFilter filter) {
    WhereClause condition = new WhereClause();
    filter.tokenId().ifPresent(id -> condition.and("a.token_id = ?", id.toString()));
    filter.actor().ifPresent(actor -> by(condition, actor));
    filter.type().map(AuditEvent.Type::text).ifPresent(type -> condition.and("a.event = ?", type));
    filter
        .from()
        .ifPresent(from -> condition.and("a.occurred_at >= ?", InstantConverter.column(from)));
    filter
        .before()
        .ifPresent(before -> condition.and("a.occurred_at < ?", InstantConverter.column(before)));
    return condition;
  }

  /**
   * Adds a condition on the actor. The indexes contain the key, so the column {@code actor} is read
   * only if the key may be cut.
   */
  private static void by(WhereClause condition, String actor) {
    condition.and("a.actor_key = ?", actor);
    if (actor.length() >= KEY) {
      condition.and("a.actor = ?", actor);
    }
  }

  private static String hint(AuditLogFilter filter, DatabaseKind vendor) {
    if (filter.tokenId().isPresent()) {
      return vendor.indexHint(INDEX + "token");
    }
    if (filter.groups().isPresent() && filter.actor().isPresent()) {
      return "";
    }
    List<String> fitting = new ArrayList<>();
    filter.groups().ifPresent(groups -> fitting.add("group"));
    filter.actor().ifPresent(actor -> fitting.add("actor"));
    filter.type().ifPresent(type -> fitting.add("event"));
    return vendor.indexHint(INDEX + (fitting.isEmpty() ? "newest" : String.join("_", fitting)));
  }

  /**
   * Appends a query that selects an expression of each row.
   *
   * @param narrower the condition of the branch, possibly with further conditions
   */
  void select(StringBuilder sql, String what, WhereClause narrower, List<Object> values) {
    sql.append("select ").append(what).append(" from ").append(AuditEntity.TABLE).append(" a");
    sql.append(hint);
    narrower.appendTo(sql, values);
  }
}
