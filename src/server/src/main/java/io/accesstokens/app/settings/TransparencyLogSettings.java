package io.accesstokens.app.settings;

import io.accesstokens.app.settings.outbound.PublicationSettings;
import io.accesstokens.app.settings.outbound.StreamSettings;
import io.accesstokens.app.settings.outbound.WitnessSettings;
import io.accesstokens.app.settings.source.Setting;
import java.util.List;
import java.util.Optional;

/** Settings of the transparency log of audit events. */
public interface TransparencyLogSettings {

  /**
   * Returns the name for a new log. An existing log keeps its name. If absent, the name is the host
   * of the public URL, or {@code access-tokens} without a public URL.
   */
  Optional<String> origin();

  /** Returns true if the permission to read the log can be a scope of service tokens. */
  @Setting(byDefault = "false")
  boolean allowScope();

  /**
   * Returns true if the checkpoint, the verifier key and the tiles of hashes can be read without a
   * credential. Entries always need a credential.
   */
  @Setting(byDefault = "false")
  boolean publishHashes();

  /**
   * Returns true if each new entry contains a hash, with a secret salt, instead of the text of the
   * event's reason. Existing entries do not change. All processes must have the same value, because
   * each process adds the events of all processes.
   */
  @Setting(byDefault = "false")
  boolean hashReasons();

  /**
   * Returns the minimum age of the events that the command {@code archive-log} moves to an archive,
   * in days.
   */
  @Setting(byDefault = "365", min = 1, max = 36_500)
  int minimumRetentionDays();

  /** Returns the settings of the publication of checkpoints. */
  PublicationSettings publication();

  /** Returns the witnesses that cosign checkpoints. */
  List<WitnessSettings> witnesses();

  /** Returns the systems that receive the events of the log. */
  StreamSettings stream();
}
