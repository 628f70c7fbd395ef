package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Secret;
import io.accesstokens.app.settings.source.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** The settings of the source of groups and group members. */
public interface DirectorySettings {

  /**
   * Returns the file with groups and group members. If no source of groups is configured, the group
   * directory contains the built-in sample groups while the sample users are the only source of
   * users. With any other source of users, the group directory is then empty.
   */
  Optional<Path> groupsFile();

  /** Returns true if members of a group are also members of its parent groups. */
  @Setting(byDefault = "true")
  boolean nestedGroups();

  /**
   * Returns the settings for the catalog of a running Backstage server, as an alternative to a
   * file.
   */
  Backstage backstage();

  /** The settings for the catalog of a running Backstage server. */
  interface Backstage {

    /**
     * Returns the URL of Backstage, without the path {@code /api/catalog}. The URL must be http or
     * https.
     */
    Optional<URI> baseUrl();

    /**
     * Returns a static token for requests to Backstage. Backstage configures static tokens in
     * {@code backend.auth.externalAccess}.
     */
    Optional<Secret> token();

    /** Returns the timeout for a response of the catalog, in milliseconds. */
    @Setting(byDefault = "2000", min = 100, max = 60_000)
    int timeoutMillis();

    /** Returns the catalog refresh interval, in seconds. */
    @Setting(byDefault = "30", min = 1, max = 3_600)
    int cacheSeconds();

    /** Returns the maximum age of catalog data, in seconds. Older data is not used. */
    @Setting(byDefault = "60", min = 1, max = 3_600)
    int staleSeconds();

    /**
     * Returns the maximum number of groups in the catalog. The number of cached users has the same
     * maximum.
     */
    @Setting(byDefault = "10000", min = 1, max = 1_000_000)
    int maximumEntries();
  }
}
