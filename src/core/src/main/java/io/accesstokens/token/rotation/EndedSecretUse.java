package io.accesstokens.token.rotation;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.UuidGenerator;
import io.accesstokens.token.audit.AuditEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Creates the audit event for the use of an ended secret. The stores write at most one event per
 * secret and UTC day.
 */
public final class EndedSecretUse {

  private EndedSecretUse() {}

  /**
   * Returns the audit event for a use of an ended secret.
   *
   * @param tokenPrefix the first twelve characters of the raw token that was used
   * @param address the network address of the client; null if it is not known
   */
  public static AuditEvent event(
      AccessToken token,
      String tokenPrefix,
      @Nullable String address,
      Instant usedAt,
      UuidGenerator ids) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put(AuditEvent.TOKEN_PREFIX, tokenPrefix);
    if (address != null) {
      metadata.put(AuditEvent.ADDRESS, address);
    }
    return new AuditEvent(
        ids.next(),
        token.id(),
        AuditEvent.Type.ENDED_SECRET_USED,
        token.subject(),
        metadata,
        usedAt);
  }
}
