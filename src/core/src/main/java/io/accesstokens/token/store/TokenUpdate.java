package io.accesstokens.token.store;

import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.audit.AuditEvent;
import org.jspecify.annotations.Nullable;

/**
 * A change of a service token.
 *
 * @param token the token after the change. Only these properties can differ from the stored token:
 *     {@code description}, {@code scopes}, {@code expiresAt} and {@code limits}.
 * @param updated the audit event of the change; null if the token does not change
 */
public record TokenUpdate(ServiceToken token, @Nullable AuditEvent updated) {

  /** Returns an update that changes nothing. */
  public static TokenUpdate unchanged(ServiceToken token) {
    return new TokenUpdate(token, null);
  }
}
