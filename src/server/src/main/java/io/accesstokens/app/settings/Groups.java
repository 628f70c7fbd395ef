package io.accesstokens.app.settings;

import io.accesstokens.directory.BackstageGroupDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where groups and their members come from: exactly one of these. */
public sealed interface Groups {

  /** The built-in sample groups. They go with the sample people, and with no others. */
  record Sample() implements Groups {}

  /** No directory is configured: there are no groups. */
  record None() implements Groups {}

  /**
   * A file.
   *
   * @param path absolute
   */
  record CatalogFile(Path path) implements Groups {}

  /**
   * The catalog of a running Backstage.
   *
   * @param token to be sent with each question, or null
   */
  record BackstageCatalog(BackstageGroupDirectory.Terms terms, @Nullable Secret token)
      implements Groups {}
}
