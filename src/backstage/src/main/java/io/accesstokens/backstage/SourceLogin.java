package io.accesstokens.backstage;

import org.jspecify.annotations.Nullable;

/** Who reads the plugin's database. Never shows its content. */
public final class SourceLogin {

  private final @Nullable String user;
  private final @Nullable String password;

  /**
   * @param user null if the URL names one, or none is needed
   * @param password null if none is needed
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
