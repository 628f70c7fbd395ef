package io.accesstokens.login.password;

import io.accesstokens.file.MalformedFileException;
import io.accesstokens.file.WatchedFile;
import io.accesstokens.verify.EntityRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
 * hashes are errors. The file is read again when the file changes, by the rules of {@code
 * io.accesstokens.file}. An empty list is allowed: no user can then sign in with a password. Two
 * usernames may have the same ref. Thread-safe.
 */
public final class UsersFile {

  /**
   * A user who may sign in.
   *
   * @param username the name as the user types it, in Unicode form NFC; case-sensitive; without a
   *     colon, because Basic does not allow a colon
   * @param ref the ref of the user
   * @param password the stored hash of the password
   */
  public record Person(String username, EntityRef ref, PasswordHash password) {

    private Person asSample() {
      return new Person(username, ref, password.ofKnown(username));
    }
  }

  /**
   * All users of the file.
   *
   * @param users the refs of the users
   * @param costs the number of iterations of each hash; without users, the number of iterations of
   *     a new hash
   */
  record People(Map<String, Person> byUsername, Set<EntityRef> users, List<Integer> costs) {
    static People of(Map<String, Person> byUsername) {
      List<Integer> costs =
          byUsername.values().stream().map(person -> person.password().iterations()).toList();
      return new People(
          Map.copyOf(byUsername),
          byUsername.values().stream().map(Person::ref).collect(Collectors.toUnmodifiableSet()),
          costs.isEmpty() ? List.of(PasswordHash.MIN_ITERATIONS) : costs);
    }

    /**
     * Returns a copy of these users. In the copy, the password of each sample user is the username.
     */
    private People asSample() {
      return of(
          byUsername.values().stream()
              .map(
                  person ->
                      SampleUsers.USERNAMES.contains(person.username())
                          ? person.asSample()
                          : person)
              .collect(Collectors.toMap(Person::username, person -> person)));
    }
  }

  /** The maximum length of a username in code points. */
  static final int MAX_USERNAME = 255;

  private final WatchedFile<People> file;

  private UsersFile(WatchedFile<People> file) {
    this.file = file;
  }

  /**
   * Reads a file now, and again when the file changes.
   *
   * @throws MalformedFileException if the file cannot be read or has errors; the message has one
   *     line for each error
   */
  public static UsersFile at(Path path, InstantSource clock) {
    return new UsersFile(WatchedFile.at(path, clock, UsersFileParser::read));
  }

  /**
   * Reads the sample users from a resource of the class path. Their passwords are public, so they
   * are hashed with one iteration. More iterations would delay users who evaluate the service.
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
                new WatchedFile.Meaning<>(
                    UsersFileParser.read(text).value().asSample(), List.of())));
  }

  /** Returns the user who has the given username now, or empty if there is none. */
  public Optional<Person> find(String username) {
    return Optional.ofNullable(file.get().byUsername().get(canonical(username)));
  }

  /** Returns true if a user has the given username now. */
  public boolean knows(String username) {
    return find(username).isPresent();
  }

  /** Returns true if an account of the file has the given user ref now. */
  public boolean hasUser(EntityRef user) {
    return file.get().users().contains(user);
  }

  /**
   * Returns the current state of a user as a hash, which reveals nothing about the user. The hash
   * changes if the ref or the password changes.
   *
   * @return empty if no user has the username
   */
  public Optional<String> standing(String username) {
    return find(username).map(UsersFile::standing);
  }

  private static String standing(Person person) {
    try {
      String text = person.ref() + " " + person.password().text();
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Returns the number of iterations of each stored hash, with at least one element. A decoy hash
   * has one of these numbers of iterations.
   */
  List<Integer> costs() {
    return file.get().costs();
  }

  /**
   * Returns true if a text may be a username: 1 to {@value #MAX_USERNAME} code points, and no
   * control character or half of a surrogate pair. Call this method before any other use of a
   * username from a request. Normalization takes quadratic time for a text of combining marks.
   */
  public static boolean isUsername(String text) {
    return !text.isEmpty()
        && text.length() <= 2 * MAX_USERNAME
        && text.codePointCount(0, text.length()) <= MAX_USERNAME
        && PreparedPassword.isText(text);
  }

  /**
   * Returns the form in which usernames are stored and compared: Unicode form NFC.
   *
   * @param username a text for which {@link #isUsername} returns true, or a text from a trusted
   *     source
   */
  public static String canonical(String username) {
    return Normalizer.normalize(username, Normalizer.Form.NFC);
  }
}
