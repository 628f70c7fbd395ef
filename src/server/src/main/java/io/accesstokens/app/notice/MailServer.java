package io.accesstokens.app.notice;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the mail server.
 *
 * @param startTls true if the connection must be encrypted before any mail is sent
 * @param user the username at the mail server; null for no authentication
 * @param password returns the current password, for each connection; null without a username
 * @param from the mail address of the sender
 */
public record MailServer(
    String host,
    int port,
    boolean startTls,
    @Nullable String user,
    @Nullable Supplier<String> password,
    String from) {

  @Override
  public String toString() {
    return host + ':' + port;
  }
}
