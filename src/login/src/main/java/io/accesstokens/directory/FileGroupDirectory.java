package io.accesstokens.directory;

import io.accesstokens.file.MalformedFileException;
import io.accesstokens.file.WatchedFile;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.token.directory.MailDirectory;
import io.accesstokens.verify.EntityRef;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads groups from a YAML file in the format of Backstage catalog entities. The file may have
 * several YAML documents. The group directory reads documents of {@code kind: Group} and {@code
 * kind: User}, and ignores other kinds:
 *
 * <pre>{@code
 * apiVersion: backstage.io/v1alpha1
 * kind: Group
 * metadata:
 *   name: platform
 *   namespace: default   # optional
 * spec:
 *   type: team
 *   profile:
 *     displayName: Platform
 *     email: platform@example.com # optional, for notices
 *   parent: engineering  # the name or the ref of a group
 *   children: [databases] # names or refs of groups
 *   members: [carol]     # names or refs of users
 * ---
 * apiVersion: backstage.io/v1alpha1
 * kind: User
 * metadata:
 *   name: dave
 * spec:
 *   memberOf: [guests]   # names or refs of groups
 * }</pre>
 *
 * <p>The group directory reads the file again when the file changes (see {@code
 * io.accesstokens.file}). The package documentation defines the meaning of the content. The methods
 * never throw {@link io.accesstokens.token.directory.DirectoryUnavailableException}.
 */
public final class FileGroupDirectory implements GroupDirectory, MailDirectory {

  private final WatchedFile<Catalog> file;
  private final boolean nested;

  private FileGroupDirectory(WatchedFile<Catalog> file, boolean nested) {
    this.file = file;
    this.nested = nested;
  }

  /**
   * Creates a group directory from a file. This method reads the file. The group directory reads
   * the file again after each change of the file.
   *
   * @throws MalformedFileException if the file cannot be read or has errors; the message has one
   *     line for each error
   */
  public static FileGroupDirectory at(Path path, InstantSource clock) {
    return new FileGroupDirectory(WatchedFile.at(path, clock, CatalogText::read), true);
  }

  /**
   * Creates a group directory from a resource of the class path, such as the sample file.
   *
   * @param resource the absolute name of the resource, without a leading slash
   * @throws MalformedFileException if the resource does not exist or has errors
   */
  public static FileGroupDirectory ofResource(ClassLoader loader, String resource) {
    return new FileGroupDirectory(
        WatchedFile.ofResource(loader, resource, CatalogText::read), true);
  }

  /**
   * Returns a copy of this group directory with the given setting for nested groups.
   *
   * @param inherited true (the default) if a member of a group is also a member of its parent
   *     groups
   */
  public FileGroupDirectory nested(boolean inherited) {
    return new FileGroupDirectory(file, inherited);
  }

  /**
   * Returns false if the file cannot be read or its current content has errors. The last valid
   * content then stays in use.
   */
  public boolean isUsable() {
    return file.isUsable();
  }

  @Override
  public boolean exists(EntityRef group) {
    return file.get().tree().has(group);
  }

  @Override
  public Set<EntityRef> groupsOf(EntityRef user) {
    Catalog catalog = file.get();
    Set<EntityRef> own = catalog.groupsOf().getOrDefault(user, Set.of());
    return nested ? catalog.tree().withAncestors(own) : own;
  }

  @Override
  public Map<EntityRef, String> displayNames(Set<EntityRef> groups) {
    return file.get().tree().displayNames(groups);
  }

  @Override
  public Optional<String> addressOf(EntityRef owner) {
    return Optional.ofNullable(file.get().mails().get(owner));
  }

  @Override
  public Set<EntityRef> membersOf(EntityRef group) {
    return file.get().groupsOf().entrySet().stream()
        .filter(user -> user.getValue().contains(group))
        .map(Map.Entry::getKey)
        .sorted(Comparator.comparing(EntityRef::toString))
        .limit(MAX_MEMBERS)
        .collect(Collectors.toSet());
  }

  @Override
  public MatchingGroups search(String text, int limit) {
    return MatchingGroups.among(file.get().tree().groups().values(), text, limit);
  }
}
