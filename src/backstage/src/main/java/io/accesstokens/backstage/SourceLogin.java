package io.accesstokens.backstage;

import org.jspecify.annotations.Nullable;

/**
 * The user and the password for the plugin's database. {@link #toString} returns neither of them.
 *
 * @param user the user; null if the URL names the user, or if none is needed
 * @param password the password; null if none is needed
 */
public record SourceLogin(@Nullable String user, @Nullable String password) {

  @Override
  public String toString() {
    return "SourceLogin[…]";
  }
}
