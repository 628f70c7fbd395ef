package io.accesstokens.directory;

import io.accesstokens.file.MalformedFileException;
import io.accesstokens.file.WatchedFile;
import io.accesstokens.token.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/**
 * Groups from a YAML file in the shape of Backstage's catalog entities (several documents; {@code
 * kind: Group} and {@code kind: User} count, other kinds are passed over):
 *
 * <pre>{@code
 * apiVersion: backstage.io/v1alpha1
 * kind: Group
 * metadata:
 *   name: platform
 *   namespace: default   # may be left out
 * spec:
 *   type: team
 *   profile:
 *     displayName: Platform
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
 * <p>Read again when it changes, by the rules of {@code io.accesstokens.file}; what it means is in
 * this package's documentation. Never throws {@link
 * io.accesstokens.token.DirectoryUnavailableException}.
 */
public final class FileGroupDirectory implements GroupDirectory {

  private final WatchedFile<Catalog> file;
  private final boolean nested;

  private FileGroupDirectory(WatchedFile<Catalog> file, boolean nested) {
    this.file = file;
    this.nested = nested;
  }

  /**
   * Reads a file now, and again when it changes.
   *
   * @throws MalformedFileException if it cannot be read or is wrong: one line for each fault
   */
  public static FileGroupDirectory at(Path path, InstantSource clock) {
    return new FileGroupDirectory(WatchedFile.at(path, clock, CatalogText::read), true);
  }

  /**
   * Reads a resource of the class path, such as the sample.
   *
   * @param resource its absolute name, without a leading slash
   * @throws MalformedFileException if it is not there or is wrong
   */
  public static FileGroupDirectory ofResource(ClassLoader loader, String resource) {
    return new FileGroupDirectory(
        WatchedFile.ofResource(loader, resource, CatalogText::read), true);
  }

  /**
   * The same file.
   *
   * @param passedOn whether membership passes from a group to those that it is part of; it does
   *     unless this says otherwise
   */
  public FileGroupDirectory nested(boolean passedOn) {
    return new FileGroupDirectory(file, passedOn);
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
  public Found search(String text, int limit) {
    return Found.among(file.get().tree().groups().values(), text, limit);
  }
}
