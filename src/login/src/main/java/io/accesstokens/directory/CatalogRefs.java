package io.accesstokens.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/** How entities of a catalog name each other. */
final class CatalogRefs {

  static final String DEFAULT_NAMESPACE = "default";

  private CatalogRefs() {}

  /**
   * The ref of an entity's own metadata.
   *
   * @return empty if they do not make a ref
   */
  static Optional<EntityRef> of(String kind, String namespace, String name) {
    try {
      return Optional.of(new EntityRef(kind, namespace, name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads the name or the ref of another entity. A short name is of the namespace of the entity
   * that names it.
   *
   * @param kind the kind that is meant
   * @param namespace of the entity that names it
   * @return empty if it is no such ref, or one of another kind
   */
  static Optional<EntityRef> named(String text, String kind, String namespace) {
    Optional<EntityRef> ref =
        kind.equals(EntityRef.GROUP) ? EntityRef.parseGroup(text) : EntityRef.parseUser(text);
    return text.indexOf('/') >= 0 ? ref : ref.flatMap(brief -> of(kind, namespace, brief.name()));
  }
}
