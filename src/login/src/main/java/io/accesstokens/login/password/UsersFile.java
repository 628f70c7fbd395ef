package io.accesstokens.login.password;

import io.accesstokens.file.MalformedFileException;
import io.accesstokens.file.WatchedFile;
import io.accesstokens.token.Text;
import io.accesstokens.verify.EntityRef;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The users who may sign in with a password, read from a YAML file:
 *
 * <pre>{@code
 * people:
 *   - username: alice
 *     userEntityRef: user:default/alice
 *     password: pbkdf2-sha256$600000$…
 * }</pre>
 *
 * <p>The file is read strictly. Unknown keys, missing keys, duplicate usernames and malformed
 * hashes are errors. The file is read again when the file changes (see {@code
 * io.accesstokens.file}). The list may be empty. Two usernames may have the same user ref.
 * Thread-safe.
 */
public final class UsersFile {

  /**
   * A user who may sign in.
   *
   * @param username the name that the user types, in Unicode form NFC. The name is case-sensitive
   *     and contains no colon
   * @param ref the user ref
   * @param password the stored hash of the password
   */
  public record User(String username, EntityRef ref, PasswordHash password) {

    private User asSample() {
      return new User(username, ref, password.ofKnown(username));
    }
  }

  /**
   * All users of the file.
   *
   * @param byUsername the users, by username
   * @param users the user refs of all users
   * @param costs the numbers of iterations of all stored hashes. If there are no users, the only
   *     element is the number of iterations of a new hash
   */
  record Users(Map<String, User> byUsername, Set<EntityRef> users, List<Integer> costs) {
    static Users of(Map<String, User> byUsername) {
      List<Integer> costs =
          byUsername.values().stream().map(user -> user.password().iterations()).toList();
      return new Users(
          Map.copyOf(byUsername),
          byUsername.values().stream().map(User::ref).collect(Collectors.toUnmodifiableSet()),
          costs.isEmpty() ? List.of(PasswordHash.MIN_ITERATIONS) : costs);
    }

    /**
     * Returns a copy of these users. In the copy, the password of each sample user is the username.
     */
    private Users asSample() {
      return of(
          byUsername.values().stream()
              .map(user -> SampleUsers.USERNAMES.contains(user.username()) ? user.asSample() : user)
              .collect(Collectors.toMap(User::username, user -> user)));
    }
  }

  /** The maximum length of a username in code points. */
  static final int MAX_USERNAME = 255;

  private final WatchedFile<Users> file;

  private UsersFile(WatchedFile<Users> file) {
    this.file = file;
  }

  /**
   * Reads a users file. The new instance reads the file again when the file changes.
   *
   * @throws MalformedFileException if the file cannot be read or has errors; the message has one
   *     line for each error
   */
  public static UsersFile at(Path path, InstantSource clock) {
    return new UsersFile(WatchedFile.at(path, clock, UsersFileParser::read));
  }

  /**
   * Reads the sample users from a resource of the class path. The passwords are public and are
   * hashed with one iteration.
   *
   * @param resource the absolute name of the resource, without a leading slash
   * @throws MalformedFileException if the resource does not exist or has errors
   */
  public static UsersFile sample(ClassLoader loader, String resource) {
    return new UsersFile(
        WatchedFile.ofResource(
            loader,
            resource,
            text ->
                new WatchedFile.ParsedContent<>(
                    UsersFileParser.read(text).value().asSample(), List.of())));
  }

  /**
   * Returns false if the file cannot be read or its current content has errors. The last valid
   * content then stays in use.
   */
  public boolean isUsable() {
    return file.isUsable();
  }

  /** Returns the user with the given username in the current file, or empty if there is none. */
  public Optional<User> find(String username) {
    return Optional.ofNullable(file.get().byUsername().get(canonical(username)));
  }

  /** Returns true if the current file contains a user with the given username. */
  public boolean knows(String username) {
    return find(username).isPresent();
  }

  /** Returns true if the current file contains a user with the given user ref. */
  public boolean hasUser(EntityRef user) {
    return file.get().users().contains(user);
  }

  /**
   * Returns the account state of a user as a hash, which reveals nothing about the user. The hash
   * changes if the user ref or the password of the user changes.
   *
   * @return empty if no user has the username
   */
  public Optional<String> accountStatus(String username) {
    return find(username).map(UsersFile::accountStatus);
  }

  private static String accountStatus(User user) {
    return Base64.getEncoder()
        .encodeToString(Text.sha256(user.ref() + " " + user.password().text()));
  }

  /**
   * Returns the numbers of iterations of all stored hashes. The list has at least one element.
   * Decoy hashes use these numbers of iterations.
   */
  List<Integer> costs() {
    return file.get().costs();
  }

  /**
   * Returns true if a text can be a username. A username has 1 to {@value #MAX_USERNAME} code
   * points, without control characters and unpaired surrogates. Call this method before {@link
   * #canonical}, because {@link #canonical} takes quadratic time for a long text of combining
   * marks.
   */
  public static boolean isUsername(String text) {
    return !text.isEmpty()
        && text.length() <= 2 * MAX_USERNAME
        && text.codePointCount(0, text.length()) <= MAX_USERNAME
        && PreparedPassword.isText(text);
  }

  /**
   * Returns a username in Unicode form NFC. Usernames are stored and compared in this form.
   *
   * @param username a text for which {@link #isUsername} returns true, or a text from a trusted
   *     source
   */
  public static String canonical(String username) {
    return PreparedPassword.isPrintableAscii(username)
        ? username // the common case
        : Normalizer.normalize(username, Normalizer.Form.NFC);
  }
}
