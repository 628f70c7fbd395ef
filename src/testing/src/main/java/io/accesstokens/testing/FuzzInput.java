package io.accesstokens.testing;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ContainerRequest;
import org.jspecify.annotations.Nullable;

/** Converts the bytes of a fuzzer to the input of a parser, and checks properties of parsers. */
public final class FuzzInput {

  private static final URI BASE = URI.create("http://localhost:8080/api/");

  private FuzzInput() {}

  /** Decodes bytes as ISO 8859-1, like a container decodes headers. */
  public static String header(byte[] input) {
    return new String(input, StandardCharsets.ISO_8859_1);
  }

  /**
   * Decodes bytes like {@link #header}, and returns the lines. An empty input has one empty line.
   */
  public static List<String> headers(byte[] input) {
    return List.of(header(input).split("\n", -1));
  }

  /** Decodes bytes as UTF-8. Replaces each malformed sequence by a replacement character. */
  public static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }

  /** Decodes bytes like {@link #text}, and returns the lines. An empty input has one empty line. */
  public static List<String> lines(byte[] input) {
    return List.of(text(input).split("\n", -1));
  }

  /** Returns the line at this index, or an empty string if there are fewer lines. */
  public static String line(List<String> lines, int index) {
    return index < lines.size() ? lines.get(index) : "";
  }

  /** Returns a POST request of an anonymous caller with the given content type. */
  public static ContainerRequest request(String contentType) {
    ContainerRequest request =
        new ContainerRequest(
            BASE,
            BASE.resolve("x"),
            "POST",
            new AnonymousContext(true),
            new MapPropertiesDelegate(),
            null);
    request.getHeaders().add("Content-Type", contentType);
    return request;
  }

  /**
   * Throws an {@link AssertionError} if two values differ.
   *
   * @param what the name of the tested property, which the error message contains
   */
  public static void same(String what, @Nullable Object expected, @Nullable Object seen) {
    if (!Objects.equals(expected, seen)) {
      throw new AssertionError(what + ": expected <" + expected + "> but was <" + seen + '>');
    }
  }

  /**
   * Throws an {@link AssertionError} if a condition is false.
   *
   * @param what the name of the condition, which is the error message
   */
  public static void holds(String what, boolean condition) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  /**
   * Converts a value to a text, reads a second value from this text, and converts the second value
   * to a text. Checks that both texts are equal.
   *
   * @throws AssertionError if the text cannot be converted back, or if the two texts differ
   */
  public static <T> void roundTrip(
      T value, Function<T, String> write, Function<String, Optional<T>> read) {
    String text = write.apply(value);
    Optional<T> again = read.apply(text);
    if (again.isEmpty()) {
      throw new AssertionError("the canonical text cannot be parsed: " + text);
    }
    same("the text of the value that was read again", text, write.apply(again.get()));
  }
}
