package io.accesstokens.login;

import io.accesstokens.verify.EntityRef;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts a name from another system to the entity ref of a user or a group. The template is an
 * entity ref with one placeholder in braces, such as {@code user:default/{uid}}. The placeholder
 * represents the name. The text in the braces identifies the attribute or claim that contains the
 * name.
 *
 * <p>A template can also consist only of a placeholder, such as {@code {sub}}. Each name must then
 * be a complete entity ref, with kind and namespace.
 */
public final class EntityRefTemplate {

  private static final Pattern FORM = Pattern.compile("([^{}]*)\\{([^{}]{1,100})}([^{}]*)");

  private final String kind;
  private final String placeholder;
  private final boolean alone;
  private final String namespace;
  private final String before;
  private final String after;

  private EntityRefTemplate(
      String kind,
      String placeholder,
      boolean alone,
      String namespace,
      String before,
      String after) {
    this.kind = kind;
    this.placeholder = placeholder;
    this.alone = alone;
    this.namespace = namespace;
    this.before = before;
    this.after = after;
  }

  /**
   * Parses the text form of a template for users. Returns empty if the text is not a valid
   * template.
   */
  public static Optional<EntityRefTemplate> ofUsers(String text) {
    return parse(EntityRef.USER, text);
  }

  /**
   * Parses the text form of a template for groups. Returns empty if the text is not a valid
   * template.
   */
  public static Optional<EntityRefTemplate> ofGroups(String text) {
    return parse(EntityRef.GROUP, text);
  }

  /**
   * Parses a template.
   *
   * @return empty if the text is not a valid template of that kind
   */
  private static Optional<EntityRefTemplate> parse(String kind, String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      return Optional.empty();
    }
    String placeholder = form.group(2);
    if (form.group(1).isEmpty() && form.group(3).isEmpty()) {
      return Optional.of(new EntityRefTemplate(kind, placeholder, true, "", "", ""));
    }
    // If a letter replaces the placeholder, the text must be a ref, and the name of the ref must
    // contain the letter.
    Optional<EntityRef> ref = read(kind, form.group(1) + 'x' + form.group(3));
    String after = form.group(3).toLowerCase(Locale.ROOT);
    if (ref.isEmpty() || !ref.get().name().endsWith('x' + after)) {
      return Optional.empty();
    }
    String name = ref.get().name();
    return Optional.of(
        new EntityRefTemplate(
            kind,
            placeholder,
            false,
            ref.get().namespace(),
            name.substring(0, name.length() - after.length() - 1),
            after));
  }

  private static Optional<EntityRef> read(String kind, String text) {
    return kind.equals(EntityRef.GROUP) ? EntityRef.parseGroup(text) : EntityRef.parseUser(text);
  }

  /** Returns the name of the attribute or claim in the braces, without the braces. */
  public String placeholder() {
    return placeholder;
  }

  /**
   * Returns the entity ref for a name. Two names have the same entity ref only if the names are
   * equal or differ only in case.
   *
   * <p>A name cannot be part of an entity ref if the name is empty or too long, or contains a
   * character that {@link EntityRef} rejects. Examples are a colon, a slash, a space and a control
   * character.
   *
   * @return empty if the name cannot be part of an entity ref. If the template consists only of a
   *     placeholder, empty if the name is not a complete entity ref of the right kind
   */
  public Optional<EntityRef> of(String name) {
    if (alone) {
      boolean whole = name.indexOf(':') > 0 && name.indexOf('/') > 0;
      return whole && name.equals(name.strip()) ? read(kind, name) : Optional.empty();
    }
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new EntityRef(kind, namespace, before + name + after));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the name for an entity ref, in lower case. The other system may write the name in
   * another case.
   *
   * @return empty if no name has that entity ref
   */
  public Optional<String> nameOf(EntityRef ref) {
    if (!ref.kind().equals(kind)) {
      return Optional.empty();
    }
    if (alone) {
      return Optional.of(ref.toString());
    }
    String name = ref.name();
    boolean fits =
        ref.namespace().equals(namespace)
            && name.length() > before.length() + after.length()
            && name.startsWith(before)
            && name.endsWith(after);
    return fits
        ? Optional.of(name.substring(before.length(), name.length() - after.length()))
        : Optional.empty();
  }

  /** Returns the text form of the template, such as {@code user:default/{uid}}. */
  @Override
  public String toString() {
    String place = '{' + placeholder + '}';
    return alone ? place : kind + ':' + namespace + '/' + before + place + after;
  }
}
