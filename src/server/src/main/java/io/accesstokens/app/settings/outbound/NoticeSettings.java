package io.accesstokens.app.settings.outbound;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import java.util.List;
import java.util.Optional;

/** The section {@code notices} of the settings: mails and webhooks about tokens. */
public interface NoticeSettings {

  /**
   * Returns the numbers of days before the expiry of a token at which notices are sent. If absent,
   * the numbers are 60, 30, 14, 7 and 1. The expiry itself is always reported.
   */
  Optional<List<String>> expiryDays();

  /** Returns the hour (UTC) at which the daily job begins. */
  @Setting(byDefault = "6", min = 0, max = 23)
  int dailyHour();

  /** Returns the settings of mails. Mails are disabled if the host is absent. */
  Mail mail();

  /** Returns the webhook endpoints. */
  List<Webhook> webhooks();

  /** The mail server. */
  interface Mail {

    /** Returns the host name or IP address of the mail server. */
    Optional<String> host();

    /** Returns the TCP port of the mail server. */
    @Setting(byDefault = "587", min = 1, max = 65_535)
    int port();

    /**
     * Returns true if the connection must be encrypted by STARTTLS (RFC 3207) before any mail is
     * sent. The certificate and the host name of the server are verified.
     */
    @Setting(byDefault = "true")
    boolean startTls();

    /** Returns the username for the mail server. If absent, the service does not authenticate. */
    Optional<String> user();

    /** Returns the password for {@link #user()}. Both settings must be configured together. */
    Optional<Secret> password();

    /**
     * Returns the mail address of the sender. This setting is required if the host is configured.
     */
    Optional<String> from();
  }

  /** A webhook endpoint. */
  interface Webhook {

    /**
     * Returns the name of the endpoint in the API and in the log. If absent, the host of the URL is
     * used. Each endpoint must have a different name.
     */
    Optional<String> name();

    /** Returns the http or https URL of the endpoint. */
    String url();

    /**
     * Returns the secret that signs the webhooks: {@code whsec_} and 24 to 64 bytes in base64.
     * While a secret is replaced, the value has two secrets, separated by a space.
     */
    Optional<Secret> secret();

    /** Returns the events that are sent to the endpoint. If absent, all events are sent. */
    @Setting(absentMeansAll = true)
    Optional<List<String>> events();

    /**
     * Returns the addresses and ranges that are allowed in addition to public addresses, for
     * example {@code 10.1.0.0/16}.
     */
    Optional<List<String>> allowedAddresses();
  }
}
