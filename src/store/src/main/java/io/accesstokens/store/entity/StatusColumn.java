package io.accesstokens.store.entity;

import io.accesstokens.token.TokenStatus;

/** Defines the numbers that the columns {@code stage} and {@code list_status} contain. */
public final class StatusColumn {

  public static final int ACTIVE = 0;
  public static final int EXPIRING = 1;
  public static final int EXPIRED = 2;

  /**
   * Number for revoked tokens, in the column {@code list_status} only. The database generates this
   * number if {@code revoked_at} is set.
   */
  public static final int REVOKED = 3;

  private StatusColumn() {}

  public static int of(TokenStatus status) {
    return switch (status) {
      case ACTIVE -> ACTIVE;
      case EXPIRING -> EXPIRING;
      case EXPIRED -> EXPIRED;
      case REVOKED -> REVOKED;
    };
  }
}
