package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.directory.BackstageGroupDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The source of groups and their members. There is exactly one. */
public sealed interface Groups {

  /** The built-in sample groups. They are used only together with the sample users. */
  record Sample() implements Groups {}

  /** No directory is configured, so there are no groups. */
  record None() implements Groups {}

  /**
   * A file.
   *
   * @param path the absolute path
   */
  record CatalogFile(Path path) implements Groups {}

  /**
   * The catalog of a running Backstage.
   *
   * @param terms the URL, the timeouts and the limits
   * @param token the token that is sent with each request, or null
   */
  record BackstageCatalog(BackstageGroupDirectory.Terms terms, @Nullable Secret token)
      implements Groups {}
}
