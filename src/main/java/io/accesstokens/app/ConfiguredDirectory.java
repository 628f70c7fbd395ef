package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Groups;
import io.accesstokens.app.settings.Secret;
import io.accesstokens.directory.BackstageGroupDirectory;
import io.accesstokens.login.PeopleFile;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.token.People;
import io.accesstokens.token.People.Presence;
import org.jspecify.annotations.Nullable;

/** The directory of groups that the configuration names, and what it knows of people. */
public final class ConfiguredDirectory implements AutoCloseable {

  private final GroupDirectory groups;

  /** Which people there are; null if this directory keeps no list of them. */
  private final @Nullable People people;

  private final Runnable closing;

  private ConfiguredDirectory(GroupDirectory groups, @Nullable People people, Runnable closing) {
    this.groups = groups;
    this.people = people;
    this.closing = closing;
  }

  /**
   * Opens it. One that is elsewhere need not answer yet.
   *
   * @throws StartRefused with a line for each mistake in a file
   */
  public static ConfiguredDirectory open(Configuration configuration) {
    boolean nested = configuration.settings().directory().nestedGroups();
    Groups groups = configuration.groups();
    if (groups instanceof Groups.BackstageCatalog backstage) {
      Secret token = backstage.token();
      BackstageGroupDirectory directory =
          BackstageGroupDirectory.open(backstage.terms(), token == null ? null : token.reveal());
      return new ConfiguredDirectory(directory, directory, directory::close);
    }
    var file = groups instanceof Groups.CatalogFile named ? named.path() : null;
    return new ConfiguredDirectory(ConfiguredFiles.groups(file).nested(nested), null, () -> {});
  }

  /** The groups. */
  public GroupDirectory groups() {
    return groups;
  }

  /**
   * Who is still there. A directory of people knows of everybody; a file of passwords knows who
   * left only if there is no other way to sign in.
   *
   * @param onlyWayIn the file without which nobody can sign in; null if there are other ways
   */
  People people(@Nullable PeopleFile onlyWayIn) {
    People listed = people == null ? People.UNLISTED : people;
    return onlyWayIn == null
        ? listed
        : listed.and(user -> onlyWayIn.hasUser(user) ? Presence.PRESENT : Presence.GONE);
  }

  /** Lets go of whatever is elsewhere. */
  @Override
  public void close() {
    closing.run();
  }
}
