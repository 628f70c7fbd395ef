package io.accesstokens.store.hibernate;

import io.accesstokens.token.TokenStatus;

/** The numbers in the columns {@code stage} and {@code list_status}. */
final class StatusColumn {

  static final int ACTIVE = 0;
  static final int EXPIRING = 1;
  static final int EXPIRED = 2;

  /** Only in {@code list_status}. The database generates it if {@code revoked_at} is set. */
  static final int REVOKED = 3;

  private StatusColumn() {}

  static int of(TokenStatus status) {
    return switch (status) {
      case ACTIVE -> ACTIVE;
      case EXPIRING -> EXPIRING;
      case EXPIRED -> EXPIRED;
      case REVOKED -> REVOKED;
    };
  }
}
