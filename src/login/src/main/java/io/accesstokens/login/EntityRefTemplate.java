package io.accesstokens.login;

import io.accesstokens.verify.EntityRef;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says who somebody is, or which group, whom another system knows by a name of its own: a ref in
 * which one placeholder in braces stands for that name, such as {@code user:default/{uid}}. What
 * the placeholder is called says where the name is found: an attribute, a claim.
 *
 * <p>A placeholder alone, {@code {sub}}, is for systems whose names are refs already: they must
 * then be whole, with kind and namespace.
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

  /** Reads the text form of a template for users. */
  public static Optional<EntityRefTemplate> ofUsers(String text) {
    return parse(EntityRef.USER, text);
  }

  /** Reads the text form of a template for groups. */
  public static Optional<EntityRefTemplate> ofGroups(String text) {
    return parse(EntityRef.GROUP, text);
  }

  /**
   * @return empty if it is no ref of that kind, or has not exactly one placeholder, in its name
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
    // With a letter in its place, it must be a ref, and the letter's place must be in the name.
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

  /** What the placeholder is called, without its braces. */
  public String placeholder() {
    return placeholder;
  }

  /** Whether the placeholder is all there is, and names are whole refs. */
  public boolean isAlone() {
    return alone;
  }

  /**
   * Returns the ref that a name gives. Names that differ in case give the same ref; other names
   * never do.
   *
   * @return empty if the name cannot be part of a ref (it has a colon, a slash, a space, a control
   *     character or a letter that {@link EntityRef} refuses, or is too long) or, if the template
   *     is a placeholder alone, is not a whole ref of the right kind
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
   * Returns the name that gives that ref, in lower case. The other system may write it in another
   * case.
   *
   * @return empty if none does
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

  /** The text form. */
  @Override
  public String toString() {
    String place = '{' + placeholder + '}';
    return alone ? place : kind + ':' + namespace + '/' + before + place + after;
  }
}
