package io.accesstokens.token.policy;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import io.accesstokens.verify.AddressRange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

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
    return !before.scopes().containsAll(after.scopes()) || !before.limits().cover(after.limits());
  }

  /**
   * Returns the metadata of the audit event: the names of the changed fields, and the old and the
   * new value of each changed field. The elements of a list are separated by spaces. If there is no
   * limit, the value for this limit is empty.
   */
  public Map<String, String> metadata() {
    Map<String, String> values = new LinkedHashMap<>();
    add("description", before.description(), after.description(), values);
    add("scopes", String.join(" ", before.scopes()), String.join(" ", after.scopes()), values);
    add(
        AuditEvent.EXPIRES_AT,
        AuditEvent.text(before.expiresAt()),
        AuditEvent.text(after.expiresAt()),
        values);
    add(UseLimitRules.ADDRESSES, addresses(before), addresses(after), values);
    add(UseLimitRules.REQUESTS, requests(before), requests(after), values);
    return values;
  }

  private static String addresses(ServiceToken token) {
    return token.limits().allowedAddresses().stream()
        .map(AddressRange::toString)
        .collect(Collectors.joining(" "));
  }

  private static String requests(ServiceToken token) {
    Integer perMinute = token.limits().requestsPerMinute();
    return perMinute == null ? "" : perMinute.toString();
  }

  private static void add(String field, String before, String after, Map<String, String> values) {
    if (!before.equals(after)) {
      values.merge(AuditEvent.FIELDS, field, (names, name) -> names + ' ' + name);
      values.put(field + AuditEvent.OLD, before);
      values.put(field + AuditEvent.NEW, after);
    }
  }
}
