package io.accesstokens.token.policy;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The difference between a service token before and after an update.
 *
 * @param before the stored token
 * @param after the token after the update
 */
public record TokenChange(ServiceToken before, ServiceToken after) {

  /** Returns true if the update changes nothing. */
  public boolean isEmpty() {
    return before.equals(after);
  }

  /**
   * Returns true if the token can do more after the update. The caller then needs the right to
   * grant all scopes of the token.
   */
  public boolean widens() {
    return !before.scopes().containsAll(after.scopes());
  }

  /**
   * Returns the metadata of the audit event: the names of the changed fields, and the old and the
   * new value of each changed field. The values of a list are separated by spaces.
   */
  public Map<String, String> metadata() {
    Map<String, String> values = new LinkedHashMap<>();
    add("description", before.description(), after.description(), values);
    add(
        "scopes",
        String.join(" ", before.scopes()),
        String.join(" ", after.scopes()),
        values);
    add("expiresAt", before.expiresAt().toString(), after.expiresAt().toString(), values);
    return values;
  }

  private static void add(
      String field, String before, String after, Map<String, String> values) {
    if (!before.equals(after)) {
      values.merge(AuditEvent.FIELDS, field, (names, name) -> names + ' ' + name);
      values.put(field + AuditEvent.OLD, before);
      values.put(field + AuditEvent.NEW, after);
    }
  }
}
