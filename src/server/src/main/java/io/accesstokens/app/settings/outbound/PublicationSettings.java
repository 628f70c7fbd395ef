package io.accesstokens.app.settings.outbound;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Settings of the publication of checkpoints. */
public interface PublicationSettings {

  /**
   * Returns the directory that gets one file for each published checkpoint. If absent, no files are
   * written.
   */
  Optional<Path> directory();

  /** Returns the minimum time between two publications, in seconds. */
  @Setting(byDefault = "60", min = 1, max = 86_400)
  int intervalSeconds();

  /** Returns the settings of the webhook. If the URL is absent, the service calls no webhook. */
  Webhook webhook();

  /** A webhook that receives checkpoints. */
  interface Webhook {

    /**
     * Returns the URL of the webhook. The scheme is https. The scheme http is allowed only for this
     * machine.
     */
    Optional<String> url();

    /**
     * Returns the secret that signs the webhooks: {@code whsec_} and 24 to 64 bytes in base64.
     * While a secret is replaced, the value has two secrets, separated by a space.
     */
    Optional<Secret> secret();

    /** Returns the addresses and ranges that are allowed in addition to public addresses. */
    Optional<List<String>> allowedAddresses();
  }
}
