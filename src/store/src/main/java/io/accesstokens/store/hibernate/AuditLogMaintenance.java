package io.accesstokens.store.hibernate;

import java.util.List;
import org.hibernate.StatelessSession;

/**
 * Fills in the groups of audit events that were written before their rows had one. In batches, so
 * that the largest trail holds up nobody; {@link AuditLogBranch} finds those that are left.
 */
final class AuditLogMaintenance {

  /** Below the 1,000 from which MariaDB takes a list of ids for a table to join. */
  private static final int BATCH = 500;

  private AuditLogMaintenance() {}

  static void fillGroupsIn(Database database) {
    int found;
    do {
      found = database.write(session -> fillBatch(session, database.vendor()));
    } while (found == BATCH && !Thread.currentThread().isInterrupted());
  }

  /** Reads first, by index alone, so that nothing is locked when there is nothing to do. */
  private static int fillBatch(StatelessSession session, DatabaseKind vendor) {
    List<String> ids =
        session
            .createNativeQuery(
                "select a.id from service_access_token_audit_log a"
                    + vendor.indexHint("service_access_token_audit_log_group")
                    + " where a.group_entity_ref is null and exists (select 1"
                    + " from service_access_tokens t where t.id = a.token_id) limit :batch",
                String.class)
            .setParameter("batch", BATCH)
            .getResultList();
    if (!ids.isEmpty()) {
      session
          .createNativeMutationQuery(
              "update service_access_token_audit_log set group_entity_ref = (select"
                  + " t.group_entity_ref from service_access_tokens t"
                  + " where t.id = service_access_token_audit_log.token_id) where id in (:ids)")
          .setParameterList("ids", ids.stream().sorted().toList())
          .executeUpdate();
    }
    return ids.size();
  }
}
