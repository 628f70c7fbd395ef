package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.storage.Storage;
import io.accesstokens.file.FileErrors;
import io.accesstokens.signing.KeySeal;
import io.accesstokens.signing.UnreadableKeyException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;

/**
 * Provides the key that encrypts the signing keys. The settings determine the key:
 *
 * <ul>
 *   <li>If a key is configured, the configured key is used.
 *   <li>Without a configured key, and with in-memory storage, the key is random.
 *   <li>Without a configured key, and with an embedded database in files, a file in the data
 *       directory contains the key. Only the owner can read the file.
 *   <li>Without a configured key, and with any other storage, there is no key.
 * </ul>
 */
public final class SigningKeySeal {

  /** Name of the key file in the data directory. */
  static final String FILE = "signing-keys.secret";

  private static final Logger LOG = System.getLogger(SigningKeySeal.class.getName());

  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private SigningKeySeal() {}

  /**
   * Returns the key that encrypts the signing keys. Creates a key if no key is configured and no
   * other process uses the store.
   *
   * @return the key; empty if no key is configured and other processes share the database
   * @throws StartupException if the key file has no valid key, or if the file cannot be read or
   *     written
   */
  public static Optional<KeySeal> of(Configuration configuration, SecureRandom random) {
    KeySeal configured = configuration.keySealOrNull();
    if (configured != null) {
      return Optional.of(configured);
    }
    Storage storage = configuration.storage();
    if (storage instanceof Storage.Memory
        || (storage instanceof Storage.Jdbc memory && memory.isInMemory())) {
      return Optional.of(KeySeal.random(random));
    }
    return storage instanceof Storage.Jdbc jdbc && jdbc.isEmbedded()
        ? Optional.of(ofFile(configuration.dataDirectory().resolve(FILE), random))
        : Optional.empty();
  }

  /**
   * Returns the key for a command. Throws {@link StartupException} if {@link #of} returns no key.
   */
  public static KeySeal forCommand(
      String command, Configuration configuration, SecureRandom random) {
    return of(configuration, random)
        .orElseThrow(
            () ->
                new StartupException(
                    command
                        + " needs accessTokens.personal.encryptionKey,"
                        + " with the value of the running processes"));
  }

  /**
   * Returns an exception that explains to the operator why a stored key cannot be decrypted, and
   * what to do.
   */
  public static StartupException unreadable(UnreadableKeyException e) {
    return new StartupException(
        e.getMessage()
            + ": it was altered, or encrypted with a key that is neither"
            + " accessTokens.personal.encryptionKey nor"
            + " accessTokens.personal.previousEncryptionKey. While the encryption key is being"
            + " replaced, set previousEncryptionKey to the other of the two keys. Only if that key"
            + " is lost, replace all keys by the command rotate-keys --withdraw, which invalidates"
            + " all JWTs");
  }

  private static KeySeal ofFile(Path file, SecureRandom random) {
    try {
      // A symbolic link stays, even if its target is missing, because the target has the key.
      if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
        // With a URL of an embedded database, the database can be in another directory.
        DataDirectory.create(file.resolveSibling(""));
        make(file, random);
      }
      // A pipe would block the thread forever.
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new StartupException("the file " + file + " is not a regular file");
      }
      warnUnlessPrivate(file);
      // This charset accepts any bytes, so a damaged file is reported as one.
      return KeySeal.parse(Files.readString(file, StandardCharsets.ISO_8859_1))
          .orElseThrow(
              () ->
                  new StartupException(
                      "the file "
                          + file
                          + " must contain base64 of 32 bytes; restore it from a"
                          + " backup, or remove it and run rotate-keys --withdraw"));
    } catch (IOException e) {
      throw new StartupException(
          "the file " + file + " cannot be read or written: " + FileErrors.systemReason(e));
    }
  }

  /**
   * Creates the key file in one step, because an incomplete key would make all signing keys
   * unreadable. Does not replace a file that another process has just created, because that process
   * uses the key in this file.
   */
  private static void make(Path file, SecureRandom random) throws IOException {
    Path directory = file.resolveSibling("");
    Path made = Files.createTempFile(directory, FILE, ".new"); // only the owner can read it
    try {
      Files.writeString(
          made,
          KeySeal.randomText(random) + "\n",
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      publish(made, file);
      Files.deleteIfExists(made); // before the sync, because this name leads to the same key
      DataDirectory.sync(directory);
    } catch (FileAlreadyExistsException e) {
      // The caller reads the key of the other process.
    } finally {
      Files.deleteIfExists(made);
    }
  }

  /** Gives the file its name. A link never replaces a file, while a move can do so in a race. */
  private static void publish(Path made, Path file) throws IOException {
    try {
      Files.createLink(file, made);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.move(made, file); // the file system has no links
    }
  }

  /**
   * Logs a warning if users other than the owner have access to the key file. Does not throw an
   * exception, because a container engine can set these permissions when it mounts a volume.
   */
  private static void warnUnlessPrivate(Path file) throws IOException {
    if (DataDirectory.isPosix(file)
        && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      LOG.log(
          Level.WARNING,
          "users other than its owner can access the file {0}: run chmod 600 on it",
          file);
    }
  }
}
