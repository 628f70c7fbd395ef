package io.accesstokens.backstage;

import io.accesstokens.store.hibernate.TokenImport;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Converts rows of the plugin's token table to tokens. Rejects a row that breaks a rule of this
 * service.
 */
final class TokenReader {

  /** The value of {@code revokedBy} if the plugin recorded no user. */
  private static final String UNKNOWN = "unknown";

  private final ScopeCatalog scopeCatalog;
  private final KnownGroups groups;
  private final Duration maxLifetime;
  private final String rawTokenPrefix;
  private final EventReader eventReader;
  private final Set<UUID> ids = new HashSet<>();
  private final Set<TokenDigest> digests = new HashSet<>();

  TokenReader(
      ScopeCatalog scopeCatalog,
      KnownGroups groups,
      Duration maxLifetime,
      String rawTokenPrefix,
      Instant now) {
    this.scopeCatalog = scopeCatalog;
    this.groups = groups;
    this.maxLifetime = maxLifetime;
    this.rawTokenPrefix = rawTokenPrefix;
    this.eventReader = new EventReader(now);
  }

  TokenRow read(SourceToken row) {
    String label = label(row);
    TokenFields fields = new TokenFields(row, scopeCatalog, groups, rawTokenPrefix);
    UUID id = fields.id();
    String name = fields.name();
    String description = fields.description();
    TokenDigest digest = fields.digest();
    String prefix = fields.prefix();
    EntityRef group = fields.group();
    List<String> scopes = fields.scopes();
    String createdBy = fields.requiredPerson("created_by");
    Instant createdAt = fields.requiredInstant("created_at");
    Instant expiresAt = fields.requiredInstant("expires_at");
    Instant lastUsedAt = fields.instant("last_used_at");
    Instant revokedAt = fields.instant("revoked_at");
    String revokedBy = fields.person("revoked_by");
    if (row.get("revoked_at") == null && revokedBy != null) {
      fields.reject("revoked_by is set, but revoked_at is not");
    }
    if (id != null && !ids.add(id)) {
      fields.reject("another row has the same id");
    }
    if (digest != null && !digests.add(digest)) {
      fields.reject("another row has the same token_hash");
    }
    if (id == null
        || name == null
        || description == null
        || digest == null
        || prefix == null
        || group == null
        || scopes == null
        || createdBy == null
        || createdAt == null
        || expiresAt == null) {
      return new TokenRow.Invalid(label, fields.reasons());
    }
    EventReader.Events events = eventReader.read(id, row.events());
    if (revokedAt == null && events.revoked()) {
      fields.reject("its audit log contains a revocation, but revoked_at is not set");
    }
    if (!expiresAt.isAfter(createdAt)) {
      fields.reject("expires_at is not after created_at");
    }
    if (!fields.reasons().isEmpty()) {
      return new TokenRow.Invalid(label, fields.reasons());
    }
    if (expiresAt.isAfter(createdAt.plus(maxLifetime))) {
      fields.remark("its lifetime is longer than maxTokenLifetimeDays allows for new tokens");
    }
    ServiceToken token =
        new ServiceToken(
            id,
            name,
            description,
            prefix,
            group,
            scopes,
            createdBy,
            createdAt,
            expiresAt,
            lastUsedAt,
            revokedAt,
            revokedAt == null ? null : revokedBy == null ? UNKNOWN : revokedBy);
    return new TokenRow.Valid(
        label,
        new TokenImport.Item(token, digest, events.good()),
        events.refused().stream().map(reason -> label + ": " + reason).toList(),
        fields.remarks());
  }

  private static String label(SourceToken row) {
    return PrintableText.text(row.get("id"))
        + " ("
        + PrintableText.text(row.get("name"))
        + " of "
        + PrintableText.text(row.get("group_entity_ref"))
        + ")";
  }
}
