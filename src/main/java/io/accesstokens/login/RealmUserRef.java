package io.accesstokens.login;

import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/**
 * Says who somebody of a servlet container's realm is: a user ref in which {@value #PLACEHOLDER}
 * stands for the name that the realm gives them, such as {@code user:default/{name}}.
 */
public final class RealmUserRef {

  private static final String PLACEHOLDER = "{name}";

  /** {@code user:default/{name}}. */
  public static final RealmUserRef USUAL = new RealmUserRef("default", "", "");

  private final String namespace;
  private final String before;
  private final String after;

  private RealmUserRef(String namespace, String before, String after) {
    this.namespace = namespace;
    this.before = before;
    this.after = after;
  }

  /**
   * Reads the text form.
   *
   * @return empty if it is no user ref, or has the placeholder not exactly once, in its name
   */
  public static Optional<RealmUserRef> parse(String text) {
    Optional<EntityRef> ref = EntityRef.parseUser(text);
    if (ref.isEmpty()) {
      return Optional.empty();
    }
    String name = ref.get().name();
    int at = name.indexOf(PLACEHOLDER);
    boolean once = at >= 0 && at == name.lastIndexOf(PLACEHOLDER);
    return once && !ref.get().namespace().contains(PLACEHOLDER)
        ? Optional.of(
            new RealmUserRef(
                ref.get().namespace(),
                name.substring(0, at),
                name.substring(at + PLACEHOLDER.length())))
        : Optional.empty();
  }

  /**
   * The ref of somebody. Two names never give the same one.
   *
   * @return empty if the name cannot be part of a ref: it has a colon, a slash, a space or a
   *     control character, or is too long
   */
  Optional<EntityRef> of(String name) {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new EntityRef(EntityRef.USER, namespace, before + name + after));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The text form. */
  @Override
  public String toString() {
    return EntityRef.USER + ':' + namespace + '/' + before + PLACEHOLDER + after;
  }
}
