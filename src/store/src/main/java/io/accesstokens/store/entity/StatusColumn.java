package io.accesstokens.store.entity;

import io.accesstokens.token.TokenStatus;

/** The numbers in the columns {@code stage} and {@code list_status}. */
public final class StatusColumn {

  public static final int ACTIVE = 0;
  public static final int EXPIRING = 1;
  public static final int EXPIRED = 2;

  /** Only in {@code list_status}. The database generates it if {@code revoked_at} is set. */
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
