package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.directory.BackstageGroupDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The source of groups and group members. Exactly one source is used. */
public sealed interface Groups {

  /** The built-in sample groups. The sample groups are used only together with the sample users. */
  record Sample() implements Groups {}

  /** No groups exist, because no source of groups is configured. */
  record None() implements Groups {}

  /**
   * A file with groups and group members.
   *
   * @param path the absolute path of the file
   */
  record CatalogFile(Path path) implements Groups {}

  /**
   * The catalog of a running Backstage.
   *
   * @param settings the URL, the timeouts and the limits for reading the catalog
   * @param token the token that is sent with each request; null if no token is configured
   */
  record BackstageCatalog(BackstageGroupDirectory.Settings settings, @Nullable Secret token)
      implements Groups {}
}
