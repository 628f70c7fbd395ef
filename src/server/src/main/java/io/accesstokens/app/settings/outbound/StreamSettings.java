package io.accesstokens.app.settings.outbound;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import io.accesstokens.transparency.stream.StreamFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The section {@code auditLog.stream} of the settings: the systems that receive audit events. */
public interface StreamSettings {

  /** Returns the webhook endpoints. */
  List<Webhook> webhooks();

  /** Returns the syslog servers. */
  List<Syslog> syslog();

  /** Returns the files. */
  List<File> files();

  /** The first event that a target receives. */
  enum Start {
    /** The first event of the log. */
    BEGINNING,
    /** The first event after the first start of the application with this target. */
    NOW
  }

  /** A webhook endpoint. */
  interface Webhook {

    /**
     * Returns the name of the target. The position of the target is stored under this name. If
     * absent, the host of the URL is used. Each target must have a different name.
     */
    Optional<String> name();

    /**
     * Returns the URL of the endpoint. The scheme is https. The scheme http is allowed only for
     * this machine.
     */
    String url();

    /**
     * Returns the secret that signs the webhooks: {@code whsec_} and 24 to 64 bytes in base64.
     * While a secret is replaced, the value has two secrets, separated by a space.
     */
    Optional<Secret> secret();

    /** Returns the addresses and ranges that are allowed in addition to public addresses. */
    Optional<List<String>> allowedAddresses();

    /** Returns the format of the events. */
    @Setting(byDefault = "ocsf")
    StreamFormat format();

    /** Returns the first event that the target receives. */
    @Setting(byDefault = "beginning")
    Start from();
  }

  /** A syslog server with TLS. */
  interface Syslog {

    /** Returns the name of the target. If absent, the host is used. */
    Optional<String> name();

    /** Returns the host name or IP address, which the certificate of the server must contain. */
    String host();

    /** Returns the TCP port. */
    @Setting(byDefault = "6514", min = 1, max = 65_535)
    int port();

    /**
     * Returns the file with the certificates of the trusted authorities (PEM). If absent, the
     * authorities of the JVM are trusted.
     */
    Optional<Path> caFile();

    /** Returns the format of the events. */
    @Setting(byDefault = "ocsf")
    StreamFormat format();

    /** Returns the first event that the target receives. */
    @Setting(byDefault = "beginning")
    Start from();
  }

  /** A file. */
  interface File {

    /** Returns the name of the target. If absent, the name of the file is used. */
    Optional<String> name();

    /** Returns the path of the file. This setting is required. */
    Optional<Path> path();

    /** Returns the format of the events. */
    @Setting(byDefault = "ocsf")
    StreamFormat format();

    /** Returns the first event that the target receives. */
    @Setting(byDefault = "beginning")
    Start from();
  }
}
