package io.accesstokens.app;

import io.accesstokens.app.settings.Configuration;
import io.accesstokens.app.settings.Storage;
import io.accesstokens.signing.KeySeal;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;

/**
 * What signing keys are encrypted with: the configured key; in memory, one that nobody knows; with
 * the embedded database, that of a file beside it, which only its owner may read.
 */
public final class SigningKeySeal {

  /** The file's name in the data directory. */
  static final String FILE = "signing-keys.secret";

  private static final Logger LOG = System.getLogger(SigningKeySeal.class.getName());

  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private SigningKeySeal() {}

  /**
   * Finds it, or makes it where that is ours to do.
   *
   * @return empty on a database that is shared, without a configured key: nothing that one process
   *     makes up would be known to the others
   * @throws StartupException if there is a file that cannot be used
   */
  public static Optional<KeySeal> of(Configuration configuration, SecureRandom random) {
    KeySeal configured = configuration.givenKeySeal();
    if (configured != null) {
      return Optional.of(configured);
    }
    Storage storage = configuration.storage();
    if (storage instanceof Storage.Memory) {
      return Optional.of(KeySeal.random(random));
    }
    return storage instanceof Storage.Jdbc jdbc && jdbc.isEmbedded()
        ? Optional.of(ofFile(configuration.dataDirectory().resolve(FILE), random))
        : Optional.empty();
  }

  private static KeySeal ofFile(Path file, SecureRandom random) {
    try {
      if (!Files.exists(file)) {
        make(file, random);
      }
      warnUnlessPrivate(file);
      return KeySeal.parse(Files.readString(file))
          .orElseThrow(
              () ->
                  new StartupException(
                      "the file "
                          + file
                          + " must hold base64 of 32 bytes; restore it from a"
                          + " backup, or remove it and run rotate-keys --withdraw"));
    } catch (IOException e) {
      throw new StartupException("the file " + file + " cannot be read or written");
    }
  }

  /** Whole or not at all: half a key in the file would be no key, and the keys under it lost. */
  private static void make(Path file, SecureRandom random) throws IOException {
    Path made = file.resolveSibling(FILE + ".new");
    Files.deleteIfExists(made);
    byte[] text = (KeySeal.randomText(random) + "\n").getBytes(StandardCharsets.US_ASCII);
    Set<StandardOpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    FileAttribute<?>[] attributes =
        isPosix(file)
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    try (FileChannel channel = FileChannel.open(made, fresh, attributes)) {
      ByteBuffer left = ByteBuffer.wrap(text);
      while (left.hasRemaining()) {
        var unused = channel.write(left);
      }
      channel.force(true);
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean isPosix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Volumes of container engines can force rights upon files, so that this is no refusal. */
  private static void warnUnlessPrivate(Path file) throws IOException {
    if (isPosix(file)
        && !OWNER_ONLY.containsAll(
            Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS))) {
      LOG.log(Level.WARNING, "others than its owner may use the file {0}: chmod 600 it", file);
    }
  }
}
