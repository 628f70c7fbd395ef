package io.accesstokens.store.hibernate;

import io.accesstokens.store.jdbc.Database;
import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.store.listing.AuditLogBranch;
import java.util.List;
import org.hibernate.StatelessSession;

/**
 * Adds the group to audit events that older versions wrote without a group. The updates run in
 * batches, so that a large audit log does not block other transactions. {@link AuditLogBranch}
 * finds the events without a group.
 */
final class AuditLogMaintenance {

  /**
   * Maximum number of rows in a batch, less than 1,000. MariaDB converts a longer list of ids into
   * a table and joins this table.
   */
  private static final int BATCH = 500;

  private AuditLogMaintenance() {}

  static void fillGroupsIn(Database database) {
    database.inBatches(
        BATCH,
        session -> withoutGroup(session, database.databaseKind()),
        AuditLogMaintenance::addGroups);
  }

  /** Returns the ids of one batch of events that have no group, and whose token exists. */
  private static List<String> withoutGroup(StatelessSession session, DatabaseKind databaseKind) {
    return session
        .createNativeQuery(
            "select a.id from service_access_token_audit_log a"
                + databaseKind.indexHint("service_access_token_audit_log_group")
                + " where a.group_entity_ref is null and exists (select 1"
                + " from service_access_tokens t where t.id = a.token_id) limit :batch",
            String.class)
        .setParameter("batch", BATCH)
        .getResultList();
  }

  private static void addGroups(StatelessSession session, List<String> ids) {
    session
        .createNativeMutationQuery(
            "update service_access_token_audit_log set group_entity_ref = (select"
                + " t.group_entity_ref from service_access_tokens t"
                + " where t.id = service_access_token_audit_log.token_id) where id in (:ids)")
        .setParameterList("ids", ids.stream().sorted().toList())
        .executeUpdate();
  }
}
