package io.accesstokens.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/** Parses the refs of catalog entities. */
final class CatalogRefs {

  static final String DEFAULT_NAMESPACE = "default";

  private CatalogRefs() {}

  /**
   * Returns the ref of an entity from its metadata.
   *
   * @return empty if the metadata does not give a valid ref
   */
  static Optional<EntityRef> of(String kind, String namespace, String name) {
    try {
      return Optional.of(new EntityRef(kind, namespace, name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Parses the name or the ref of another entity. A short name belongs to the namespace of the
   * entity that contains it.
   *
   * @param kind the expected kind
   * @param namespace the namespace of the entity that contains the name
   * @return empty if the text is not a ref of that kind
   */
  static Optional<EntityRef> named(String text, String kind, String namespace) {
    Optional<EntityRef> ref =
        kind.equals(EntityRef.GROUP) ? EntityRef.parseGroup(text) : EntityRef.parseUser(text);
    return text.indexOf('/') >= 0 ? ref : ref.flatMap(brief -> of(kind, namespace, brief.name()));
  }
}
