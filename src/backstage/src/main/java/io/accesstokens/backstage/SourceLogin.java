package io.accesstokens.backstage;

import org.jspecify.annotations.Nullable;

/**
 * The user and the password for the plugin's database. {@link #toString} returns neither of them.
 */
public final class SourceLogin {

  private final @Nullable String user;
  private final @Nullable String password;

  /**
   * Creates a login.
   *
   * @param user the user; null if the URL names the user, or if none is needed
   * @param password the password; null if none is needed
   */
  public SourceLogin(@Nullable String user, @Nullable String password) {
    this.user = user;
    this.password = password;
  }

  @Nullable String user() {
    return user;
  }

  @Nullable String password() {
    return password;
  }

  @Override
  public String toString() {
    return "SourceLogin[…]";
  }
}
