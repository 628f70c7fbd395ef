package io.accesstokens.login;

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
 * The people who may sign in with a password, from a YAML file:
 *
 * <pre>{@code
 * people:
 *   - username: alice
 *     userEntityRef: user:default/alice
 *     password: pbkdf2-sha256$600000$…
 * }</pre>
 *
 * <p>Read strictly (unknown keys, missing ones, two people of one username, bad hashes are faults)
 * and again when it changes, by the rules of {@code io.accesstokens.file}. An empty list is
 * allowed: nobody signs in with a password. Two usernames may be one user. Safe for use by many
 * threads.
 */
public final class UsersFile {

  /**
   * One who may sign in.
   *
   * @param username as typed, in NFC; case-sensitive; without a colon, which Basic cannot carry
   * @param ref who that is
   * @param password the stored form of their password
   */
  public record Person(String username, EntityRef ref, PasswordHash password) {

    private Person asSample() {
      return new Person(username, ref, password.ofKnown(username));
    }
  }

  /**
   * All who may sign in.
   *
   * @param users who they are
   * @param costs the iterations of each hash; those of a new hash if there is none
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

    /** The same people; those of the sample have their names as passwords. */
    private People asSample() {
      return of(
          byUsername.values().stream()
              .map(it -> SamplePeople.USERNAMES.contains(it.username()) ? it.asSample() : it)
              .collect(Collectors.toMap(Person::username, it -> it)));
    }
  }

  /** The longest username, in code points. */
  static final int MAX_USERNAME = 255;

  private final WatchedFile<People> file;

  private UsersFile(WatchedFile<People> file) {
    this.file = file;
  }

  /**
   * Reads a file now, and again when it changes.
   *
   * @throws MalformedFileException if it cannot be read or is wrong: one line for each fault
   */
  public static UsersFile at(Path path, InstantSource clock) {
    return new UsersFile(WatchedFile.at(path, clock, UsersFileParser::read));
  }

  /**
   * Reads the sample, a resource of the class path, and has its passwords checked by a single
   * iteration: everybody knows them, and who tries the service waits for each check.
   *
   * @param resource its absolute name, without a leading slash
   * @throws MalformedFileException if it is not there or is wrong
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

  /** The person of that username now. */
  public Optional<Person> find(String username) {
    return Optional.ofNullable(file.get().byUsername().get(canonical(username)));
  }

  /** Whether somebody has that username now. */
  public boolean knows(String username) {
    return find(username).isPresent();
  }

  /** Whether somebody who can sign in now is that user. */
  public boolean hasUser(EntityRef user) {
    return file.get().users().contains(user);
  }

  /**
   * What the file says of somebody now, as a text that shows nothing of it: another one when their
   * ref or password changes.
   *
   * @return empty if nobody has that username
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

  /** How dear the passwords are to check, as a choice for decoys; at least one element. */
  List<Integer> costs() {
    return file.get().costs();
  }

  /**
   * Returns true if a text may be a username: 1 to {@value #MAX_USERNAME} code points, and no
   * control character or half of a surrogate pair. Call it before anything else reads a username of
   * a request: normalization takes quadratic time for a text of combining marks.
   */
  static boolean isUsername(String text) {
    return !text.isEmpty()
        && text.length() <= 2 * MAX_USERNAME
        && text.codePointCount(0, text.length()) <= MAX_USERNAME
        && PreparedPassword.isText(text);
  }

  /**
   * The form in which usernames are kept and compared.
   *
   * @param username one for which {@link #isUsername} returns true, or one of a trusted source
   */
  static String canonical(String username) {
    return Normalizer.normalize(username, Normalizer.Form.NFC);
  }
}
