package io.accesstokens.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.accesstokens.app.notice.MailServer;
import io.accesstokens.app.notice.NoticeConfiguration;
import io.accesstokens.app.notice.WebhookEndpoint;
import io.accesstokens.notice.NoticeEvent;
import io.accesstokens.notice.NoticeRouting;
import io.accesstokens.verify.AddressRange;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoticeSettingsTest {

  private static final String FILE = SettingsLoader.DEFAULT_FILE;
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @TempDir Path directory;
  private SettingsFixture given;

  @BeforeEach
  void createFixture() {
    given = new SettingsFixture(directory);
  }

  private void assertFileRefused(String text, String... lines) {
    assertEquals(List.of(lines), given.file(text).lines(), text);
  }

  @Test
  void secretsAreReadFromTheirFilesForEachUse() throws IOException {
    Path secret = Files.writeString(directory.resolve("hook"), SECRET + "\n");
    Path password = Files.writeString(directory.resolve("mail"), "first\n");
    NoticeConfiguration notices =
        given
            .file(
                """
                notices:
                  expiryDays: [0, 90, 7]
                  dailyHour: 23
                  mail:
                    host: mail.example.com
                    port: 25
                    user: sender
                    passwordFile: mail
                    from: tokens@example.com
                  webhooks:
                    - url: https://hooks.example.com/a?key=k1
                      secretFile: hook
                    - name: inner
                      url: https://hooks.example.com/b
                      secretFile: hook
                      events: [token.expired, token.revoked]
                      allowedAddresses: [10.0.0.0/8]
                """)
            .load()
            .notices();
    assertEquals(List.of(7, 90), notices.thresholds().days());
    assertEquals(23, notices.timeOfDay().toHours());
    MailServer mail = Objects.requireNonNull(notices.mailServer());
    assertEquals("mail.example.com:25", mail.toString());
    assertTrue(mail.startTls(), "startTls");
    assertEquals("first", Objects.requireNonNull(mail.password()).get());
    Files.writeString(password, "second");
    assertEquals("second", Objects.requireNonNull(mail.password()).get());
    WebhookEndpoint first = notices.webhooks().get(0);
    assertEquals("hooks.example.com", first.name());
    assertEquals(URI.create("https://hooks.example.com/a?key=k1"), first.target().url());
    assertEquals(EnumSet.allOf(NoticeEvent.class), first.events());
    assertEquals(SECRET, first.target().secrets().get());
    Files.writeString(secret, SECRET + ' ' + SECRET);
    assertEquals(SECRET + ' ' + SECRET, first.target().secrets().get());
    WebhookEndpoint second = notices.webhooks().get(1);
    assertEquals("inner", second.name());
    assertEquals(Set.of(NoticeEvent.EXPIRED, NoticeEvent.REVOKED), second.events());
    assertEquals(
        List.of(AddressRange.parse("10.0.0.0/8").orElseThrow()), second.target().privateTargets());
    assertEquals(new NoticeRouting(EnumSet.allOf(NoticeEvent.class), true), notices.routing());
    assertFalse((first + "" + second + notices).contains("k1"), "the URL is not shown");
  }

  @Test
  void mailNeedsASenderAndAHost() {
    assertFileRefused(
        "notices: {mail: {host: mail.example.com, from: 'A <a@b>'}}\n",
        "accessTokens.notices.mail.from: must be a mail address, e.g. access-tokens@example.com ("
            + FILE
            + ":1)");
    assertFileRefused(
        "notices: {mail: {from: a@example.com, user: u}}\n",
        "accessTokens.notices.mail.user: must not be set without accessTokens.notices.mail.host ("
            + FILE
            + ":1)",
        "accessTokens.notices.mail.from: must not be set without accessTokens.notices.mail.host ("
            + FILE
            + ":1)");
    assertFileRefused(
        "notices: {mail: {host: m, from: a@example.com, user: u}}\n",
        "accessTokens.notices.mail.user: must not be set without"
            + " accessTokens.notices.mail.passwordFile ("
            + FILE
            + ":1)");
  }

  @Test
  void wrongWebhookIsRefusedWithoutItsSecrets() {
    assertFileRefused(
        """
        notices:
          webhooks:
            - {url: 'ftp://h/k1', secret: whsec_x}
            - {url: 'https://u:k1@h/', secret: whsec_x}
            - {url: 'https://h/#k1', secret: whsec_x}
            - {url: 'k1 k2', secret: whsec_x}
        """,
        webhookUrl(0, 3),
        webhookUrl(1, 4),
        webhookUrl(2, 5),
        webhookUrl(3, 6));
    assertFileRefused(
        """
        notices:
          webhooks:
            - url: https://h/
              secret: whsec_MfKQ
              events: [token.gone]
              allowedAddresses: [localhost]
            - url: https://h/
            - secret: whsec_x
        """,
        "accessTokens.notices.webhooks[2].url: is required (" + FILE + ":8)",
        "accessTokens.notices.webhooks[0].secret: must be one or two secrets of the form whsec_"
            + " and 24 to 64 bytes in base64, separated by a space ("
            + FILE
            + ":4)",
        "accessTokens.notices.webhooks[0].events[0]: must be one of token.created, token.rotated,"
            + " token.revoked, token.expiring, token.expired, token.ended-secret-used ("
            + FILE
            + ":5)",
        "accessTokens.notices.webhooks[0].allowedAddresses[0]: must be an IP address or a range of"
            + " them, e.g. 10.0.0.0/8 ("
            + FILE
            + ":6)",
        "accessTokens.notices.webhooks[1].secretFile: is required (" + FILE + ":7)");
  }

  @Test
  void wrongSecretInAFileIsReportedForTheFile() throws IOException {
    Files.writeString(directory.resolve("hook"), "whsec_MfKQ");
    given.variable("ACCESSTOKENS_NOTICES_WEBHOOKS_0__SECRET_FILE", "hook");
    given.variable("ACCESSTOKENS_NOTICES_WEBHOOKS_0__URL", "https://h/");
    assertEquals(
        List.of(
            "accessTokens.notices.webhooks[0].secretFile: must be one or two secrets of the form"
                + " whsec_ and 24 to 64 bytes in base64, separated by a space (environment variable"
                + " ACCESSTOKENS_NOTICES_WEBHOOKS_0__SECRET_FILE)"),
        given.lines());
  }

  @Test
  void emptyListOfEventsIsRefused() {
    assertFileRefused(
        "notices: {webhooks: [{url: 'https://h/', secret: '" + SECRET + "', events: []}]}\n",
        "accessTokens.notices.webhooks[0].events: must not be empty; remove the setting to"
            + " apply no restriction ("
            + FILE
            + ":1)");
  }

  private static String webhookUrl(int index, int line) {
    return "accessTokens.notices.webhooks["
        + index
        + "].url: must be an http or https URL with a host, without user and fragment ("
        + FILE
        + ':'
        + line
        + ')';
  }

  @Test
  void namesOfWebhooksDiffer() {
    given.variable("ACCESSTOKENS_NOTICES_WEBHOOKS_0__URL", "https://h/1");
    given.variable("ACCESSTOKENS_NOTICES_WEBHOOKS_0__SECRET", SECRET);
    given.variable("ACCESSTOKENS_NOTICES_WEBHOOKS_1__URL", "https://h/2");
    given.variable("ACCESSTOKENS_NOTICES_WEBHOOKS_1__SECRET", SECRET);
    assertEquals(1, given.lines().size(), given.lines().toString());
    assertTrue(
        given
            .lines()
            .get(0)
            .startsWith("accessTokens.notices.webhooks[1].name: must differ from the other names"),
        given.lines().toString());
  }

  @Test
  void noticesNeedADatabase() {
    assertFileRefused(
        """
        inMemory: true
        notices:
          expiryDays: [x, -1, 366]
          mail: {host: m, from: a@example.com, startTls: false}
        """,
        "accessTokens.notices.expiryDays[0]: must be a whole number from 0 to 365 (" + FILE + ":3)",
        "accessTokens.notices.expiryDays[1]: must be a whole number from 0 to 365 (" + FILE + ":3)",
        "accessTokens.notices.expiryDays[2]: must be a whole number from 0 to 365 (" + FILE + ":3)",
        "accessTokens.inMemory: must not be set together with accessTokens.notices.mail.host ("
            + FILE
            + ":1)");
  }

  @Test
  void unencryptedTargetsCauseWarnings() {
    List<String> warnings =
        given
            .file(
                """
                notices:
                  mail: {host: m, from: a@example.com, startTls: false}
                  webhooks:
                    - {url: 'http://h/', secret: %s, allowedAddresses: [0.0.0.0/0]}
                """
                    .formatted(SECRET))
            .load()
            .warnings();
    assertEquals(
        List.of(
            "accessTokens.notices.mail.startTls: is false, so mails and the password are not"
                + " encrypted",
            "accessTokens.notices.webhooks[0].url: is plain http, so the notices are not encrypted:"
                + " use https",
            "accessTokens.notices.webhooks[0].allowedAddresses[0]: allows webhooks to every address,"
                + " including those of this machine"),
        warnings);
  }
}
