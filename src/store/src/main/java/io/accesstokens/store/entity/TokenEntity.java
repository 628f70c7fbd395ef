package io.accesstokens.store.entity;

import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.TokenStatus;
import io.accesstokens.verify.AddressRange;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import io.accesstokens.verify.UseLimits;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code service_access_tokens}. A row is inserted and read as a whole. An update
 * statement names the columns that it changes.
 */
@Entity(name = "TokenEntity")
@Table(name = TokenEntity.TABLE)
// Hibernate sets the fields; see AccessTokenEntity.
@SuppressWarnings("NullAway.Init")
public class TokenEntity extends AccessTokenEntity<ServiceToken> {

  public static final String TABLE = "service_access_tokens";

  @Column(name = "description")
  private String description;

  @Column(name = "token_prefix")
  private String tokenPrefix;

  @Column(name = "group_entity_ref")
  private String group;

  @Column(name = "created_by")
  private String createdBy;

  @Column(name = "allowed_addresses")
  private @Nullable String allowedAddresses;

  @Column(name = "requests_per_minute")
  private @Nullable Integer requestsPerMinute;

  @Column(name = "stage")
  private int stage;

  public TokenEntity() {}

  public TokenEntity(ServiceToken token, TokenDigest digest) {
    super(token, digest);
    description = token.description();
    tokenPrefix = token.tokenPrefix();
    group = token.group().toString();
    createdBy = token.createdBy();
    allowedAddresses = addresses(token.limits());
    requestsPerMinute = token.limits().requestsPerMinute();
    stage = stage(token, token.createdAt());
  }

  /** Returns the value of the column {@code stage} for a token at an instant. */
  public static int stage(AccessToken token, Instant now) {
    TokenStatus status = token.statusAt(now);
    return status == TokenStatus.REVOKED ? StatusColumn.ACTIVE : StatusColumn.of(status);
  }

  @Override
  public ServiceToken token(@Nullable PreviousSecret previous) {
    return new ServiceToken(
        UUID.fromString(id),
        name,
        description,
        tokenPrefix,
        ref(group),
        JsonText.list(scopes),
        createdBy,
        createdAt,
        expiresAt,
        lastUsedAt,
        revokedAt,
        revokedBy,
        limits(),
        secrets(previous));
  }

  /** Returns the value of the column for allowed addresses; null if all addresses are allowed. */
  public static @Nullable String addresses(UseLimits limits) {
    return limits.allowedAddresses().isEmpty()
        ? null
        : JsonText.ofList(limits.allowedAddresses().stream().map(AddressRange::toString).toList());
  }

  /**
   * Returns the limits in this row.
   *
   * @throws IllegalStateException if an address is malformed. The verification then fails.
   *     Therefore the token is not accepted without its limit.
   */
  private UseLimits limits() {
    if (allowedAddresses == null && requestsPerMinute == null) {
      return UseLimits.NONE;
    }
    List<String> texts = allowedAddresses == null ? List.of() : JsonText.list(allowedAddresses);
    return new UseLimits(
        texts.stream()
            .map(
                text ->
                    AddressRange.parse(text)
                        .orElseThrow(
                            () -> new IllegalStateException("a row holds an invalid address")))
            .toList(),
        requestsPerMinute);
  }

  /**
   * Parses the ref of a group from a row.
   *
   * @throws IllegalStateException if the text is not a valid group ref
   */
  public static EntityRef ref(String canonical) {
    return EntityRef.parseGroup(canonical)
        .orElseThrow(() -> new IllegalStateException("a row holds an invalid group ref"));
  }
}
