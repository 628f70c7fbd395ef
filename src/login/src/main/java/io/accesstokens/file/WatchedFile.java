package io.accesstokens.file;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Provides the content of a file, and reads the file again when the file changes. The package
 * documentation contains the rules. Thread-safe.
 *
 * @param <T> the type of the parsed content; immutable
 */
public final class WatchedFile<T> {

  /** The maximum file size in bytes. Larger files are rejected. */
  public static final int MAX_BYTES = 16 * 1024 * 1024;

  private static final System.Logger LOG = System.getLogger(WatchedFile.class.getName());
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  /**
   * Minimum time between the last change of a file and a read of the file, except for the first
   * read. A file that was changed more recently may be incomplete.
   */
  private static final Duration STABLE_TIME = Duration.ofMillis(200);

  /**
   * The coarsest precision of modification times in a file system. Two changes within this time can
   * have the same modification time.
   */
  private static final Duration COARSEST_CLOCK = Duration.ofSeconds(2);

  /**
   * The result of parsing a text.
   *
   * @param value the parsed content
   * @param warnings the warnings for the log, one line each. A warning describes unusual content
   *     that is not an error
   */
  public record ParsedContent<T>(T value, List<String> warnings) {
    public ParsedContent {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Identifies a version of a file by modification time, size and file key. The file key is null if
   * the file system has no file keys.
   */
  private record Stamp(FileTime modifiedAt, long size, @Nullable Object key) {}

  /** Thrown if a file can be read, but its type, size or encoding is wrong. */
  private static final class UnusableContentException extends IOException {

    private static final long serialVersionUID = 1L;

    UnusableContentException(String message) {
      super(message);
    }
  }

  private final String name;
  private final @Nullable Path path;
  private final Charset charset;
  private final Function<String, ParsedContent<T>> reader;
  private final InstantSource clock;
  private final ReentrantLock checkLock = new ReentrantLock();

  private volatile T value;
  private volatile Instant lastReadAt;

  /** The last logged error; null if the file has been read without errors since then. */
  private volatile @Nullable String lastLoggedError;

  // The lock "checkLock" guards the following fields.
  private String text;
  private @Nullable Stamp stamp;
  private boolean stampIsFinal;

  private WatchedFile(
      String name,
      @Nullable Path path,
      Charset charset,
      String text,
      @Nullable Stamp stamp,
      Function<String, ParsedContent<T>> reader,
      InstantSource clock) {
    this.name = name;
    this.path = path;
    this.charset = charset;
    this.reader = reader;
    this.clock = clock;
    this.text = text;
    this.stamp = stamp;
    this.lastReadAt = clock.instant();
    this.stampIsFinal = stamp != null && isOlder(stamp, COARSEST_CLOCK, lastReadAt);
    try {
      this.value = parse(text);
    } catch (MalformedFileException e) {
      throw e.in(name);
    }
  }

  /**
   * Reads a file in UTF-8. The new instance reads the file again when the file changes.
   *
   * @param reader parses a text, or throws {@link MalformedFileException}
   * @throws MalformedFileException if the file cannot be read or has errors; each line of the
   *     message begins with the path of the file
   */
  public static <T> WatchedFile<T> at(
      Path path, InstantSource clock, Function<String, ParsedContent<T>> reader) {
    return at(path, StandardCharsets.UTF_8, clock, reader);
  }

  /**
   * Reads a file in the given encoding, as {@link #at(Path, InstantSource, Function)} does in
   * UTF-8.
   */
  static <T> WatchedFile<T> at(
      Path path, Charset charset, InstantSource clock, Function<String, ParsedContent<T>> reader) {
    String name = path.toString();
    try {
      Stamp stamp = stampOf(path);
      return new WatchedFile<>(name, path, charset, textOf(path, charset), stamp, reader, clock);
    } catch (IOException e) {
      throw new MalformedFileException(List.of(reasonOf(e))).in(name);
    }
  }

  /**
   * Reads a resource of the class path. The resource is read once, because a resource cannot
   * change.
   *
   * @param resource the absolute name of the resource, without a leading slash
   * @throws MalformedFileException if the resource does not exist or has errors
   */
  public static <T> WatchedFile<T> ofResource(
      ClassLoader loader, String resource, Function<String, ParsedContent<T>> reader) {
    try (InputStream in = loader.getResourceAsStream(resource)) {
      if (in == null) {
        throw new MalformedFileException(List.of("does not exist")).in(resource);
      }
      String text = decoded(in.readNBytes(MAX_BYTES + 1), StandardCharsets.UTF_8);
      return new WatchedFile<>(
          resource, null, StandardCharsets.UTF_8, text, null, reader, InstantSource.system());
    } catch (IOException e) {
      throw new MalformedFileException(List.of(reasonOf(e))).in(resource);
    }
  }

  /**
   * Returns the last content that was read without errors. Reads the file first if the file has
   * changed and the last check was at least one second ago. Never throws an exception, and never
   * waits for another thread.
   */
  public T get() {
    if (path != null && isCheckDue() && checkLock.tryLock()) {
      try {
        if (isCheckDue()) {
          lastReadAt = clock.instant();
          check(path);
        }
      } finally {
        checkLock.unlock();
      }
    }
    return value;
  }

  /**
   * Returns false if the file cannot be read or its current content has errors. Reads the file
   * first, as {@link #get} does.
   */
  public boolean isUsable() {
    get();
    return lastLoggedError == null;
  }

  private boolean isCheckDue() {
    Instant now = clock.instant();
    // If the system clock was set back, the next check must not wait until the clock reaches the
    // old time again.
    return now.isBefore(lastReadAt) || !now.isBefore(lastReadAt.plus(CHECK_INTERVAL));
  }

  private void check(Path file) {
    try {
      Stamp seen = stampOf(file);
      Instant now = clock.instant();
      if (seen.equals(stamp) && stampIsFinal) {
        return;
      }
      if (!isOlder(seen, STABLE_TIME, now)) {
        return;
      }
      String newText = textOf(file, charset);
      if (!seen.equals(stampOf(file))) {
        return;
      }
      adopt(newText);
      // After an exception, the next check reads the file again.
      stamp = seen;
      stampIsFinal = isOlder(seen, COARSEST_CLOCK, now);
    } catch (IOException e) {
      stampIsFinal = false;
      reportError(List.of(reasonOf(e)));
    } catch (RuntimeException | Error e) { // for example, memory is exhausted
      stampIsFinal = false;
      reportError(List.of("cannot be read (" + e.getClass().getSimpleName() + ')'));
    }
  }

  private void adopt(String newText) {
    if (newText.equals(text) && lastLoggedError == null) {
      return;
    }
    try {
      value = parse(newText);
      text = newText;
      LOG.log(Level.INFO, "{0}reloaded {1}", lastLoggedError == null ? "" : "recovered: ", name);
      lastLoggedError = null;
    } catch (MalformedFileException e) {
      reportError(e.problems());
    }
  }

  private T parse(String content) {
    ParsedContent<T> parsed = reader.apply(content);
    for (String warning : parsed.warnings()) {
      LOG.log(Level.WARNING, "{0}: {1}", name, warning);
    }
    return parsed.value();
  }

  private void reportError(List<String> problems) {
    String errorMessage = String.join("; ", problems);
    if (!errorMessage.equals(lastLoggedError)) {
      lastLoggedError = errorMessage;
      LOG.log(
          Level.ERROR,
          "{0} cannot be used, so its last valid content stays in use: {1}",
          name,
          errorMessage);
    }
  }

  private static boolean isOlder(Stamp stamp, Duration age, Instant now) {
    // A modification time in the future does not show the age of the file. Such a time comes from
    // the clock of another machine or from a restored file. Such a file counts as old.
    Instant modifiedAt = stamp.modifiedAt().toInstant();
    return modifiedAt.isAfter(now) || !modifiedAt.plus(age).isAfter(now);
  }

  private static Stamp stampOf(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
  }

  private static String textOf(Path path, Charset charset) throws IOException {
    // A pipe or a device would block the thread forever.
    if (!Files.isRegularFile(path)) {
      throw new UnusableContentException(FileErrors.NOT_REGULAR);
    }
    try (InputStream in = Files.newInputStream(path)) {
      return decoded(in.readNBytes(MAX_BYTES + 1), charset);
    }
  }

  private static String decoded(byte[] bytes, Charset charset) throws IOException {
    if (bytes.length > MAX_BYTES) {
      throw new UnusableContentException("has more than " + MAX_BYTES + " bytes");
    }
    if (!charset.equals(StandardCharsets.UTF_8)) {
      return new String(bytes, charset);
    }
    try {
      return YamlText.decode(bytes);
    } catch (InvalidYamlException e) {
      throw new UnusableContentException("line " + e.line() + ": " + e.getMessage());
    }
  }

  private static String reasonOf(IOException e) {
    return e instanceof UnusableContentException
        ? String.valueOf(e.getMessage())
        : FileErrors.reasonOf(e);
  }
}
