package io.accesstokens.verify;

import java.util.Locale;
import java.util.Optional;

/**
 * The name of a group or a user, in the form of Backstage's entity references: {@code
 * kind:namespace/name}.
 *
 * <p>Refs are case-insensitive, as in Backstage. Every instance holds the canonical form, which is
 * lower case. Therefore, {@code equals} and stored texts do not depend on the case of the input.
 * The canonical form has at most {@value #MAX_LENGTH} characters.
 *
 * <p>A non-ASCII letter, such as the Kelvin sign or the dotted capital I, is rejected if its lower
 * case is an ASCII letter. Otherwise, a name with this letter could become equal to the name of
 * another entity.
 *
 * @param kind {@code group} or {@code user}
 * @param namespace usually {@code default}; any case
 * @param name the name within the kind and namespace; any case
 */
public record EntityRef(String kind, String namespace, String name) {

  /** Maximum length of the canonical form, in code points. */
  public static final int MAX_LENGTH = 255;

  /** The {@code kind} of a group's ref. */
  public static final String GROUP = "group";

  /** The {@code kind} of a user's ref. */
  public static final String USER = "user";

  private static final String DEFAULT_NAMESPACE = "default";

  /**
   * Creates a ref and converts its parts to lower case.
   *
   * @throws IllegalArgumentException if the kind is unknown, if a part is empty or has a forbidden
   *     character, or if the ref is too long
   */
  public EntityRef {
    boolean knownKind = kind.equals(GROUP) || kind.equals(USER);
    if (!knownKind || !isPart(namespace) || !isPart(name)) {
      throw new IllegalArgumentException(
          "the kind must be group or user, and the namespace and the name must be valid");
    }
    namespace = namespace.toLowerCase(Locale.ROOT);
    name = name.toLowerCase(Locale.ROOT);
    int length = kind.length() + 1 + codePoints(namespace) + 1 + codePoints(name);
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "an entity ref must have at most " + MAX_LENGTH + " characters");
    }
  }

  /**
   * Parses a group's ref. The kind and the namespace may be omitted: {@code platform}, {@code
   * group:platform} and {@code Group:Default/Platform} are the same ref. Ignores white space around
   * the ref.
   *
   * @return the ref; empty if the text is not a valid ref of a group. A ref is invalid if it is too
   *     long, has another kind, has an empty part, or has a second colon or slash. A ref is also
   *     invalid if it has a space, a line separator, a control or format character, an unpaired
   *     surrogate, or a non-ASCII letter with an ASCII lower case.
   */
  public static Optional<EntityRef> parseGroup(String text) {
    return parse(text, GROUP);
  }

  /**
   * Parses a user's ref by the rules of {@link #parseGroup}. Returns empty if the text is not a
   * valid ref of a user.
   */
  public static Optional<EntityRef> parseUser(String text) {
    return parse(text, USER);
  }

  private static Optional<EntityRef> parse(String text, String expectedKind) {
    String rest = text.strip();
    int colon = rest.indexOf(':');
    if (colon >= 0) {
      if (!rest.substring(0, colon).toLowerCase(Locale.ROOT).equals(expectedKind)) {
        return Optional.empty();
      }
      rest = rest.substring(colon + 1);
    }
    String namespace = DEFAULT_NAMESPACE;
    int slash = rest.indexOf('/');
    if (slash >= 0) {
      namespace = rest.substring(0, slash);
      rest = rest.substring(slash + 1);
    }
    try {
      return Optional.of(new EntityRef(expectedKind, namespace, rest));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isPart(String text) {
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      if (!isPartCharacter(text.codePointAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isPartCharacter(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> c != ':' && c != '/' && (c < 0x80 || Character.toLowerCase(c) >= 0x80);
    };
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Returns the canonical form, {@code kind:namespace/name}. */
  @Override
  public String toString() {
    return kind + ':' + namespace + '/' + name;
  }
}
