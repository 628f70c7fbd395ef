package io.accesstokens.store.entity;

import io.accesstokens.token.TokenUsage;
import io.accesstokens.token.UsageCount;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The columns that record the uses of a service token or a personal token. */
@MappedSuperclass
// Hibernate sets the fields; no other code creates an instance.
@SuppressWarnings("NullAway.Init")
public abstract class UsageColumns {

  @Id
  @Column(name = "id")
  private String id;

  @Column(name = "accepted_uses")
  private long acceptedUses;

  @Column(name = "last_used_at")
  @Convert(converter = InstantConverter.class)
  private @Nullable Instant lastUsedAt;

  @Column(name = "last_used_address")
  private @Nullable String lastUsedAddress;

  @Column(name = "refused_revoked_uses")
  private long refusedRevokedUses;

  @Column(name = "refused_expired_uses")
  private long refusedExpiredUses;

  @Column(name = "refused_address_uses")
  private long refusedAddressUses;

  @Column(name = "refused_ended_uses")
  private long refusedEndedUses;

  @Column(name = "last_refused_at")
  @Convert(converter = InstantConverter.class)
  private @Nullable Instant lastRefusedAt;

  @Column(name = "last_refused_address")
  private @Nullable String lastRefusedAddress;

  UsageColumns() {}

  public TokenUsage usage() {
    return TokenUsage.of(
        new UsageCount(acceptedUses, lastUsedAt, lastUsedAddress),
        refusedRevokedUses,
        refusedExpiredUses,
        refusedAddressUses,
        refusedEndedUses,
        lastRefusedAt,
        lastRefusedAddress);
  }
}
