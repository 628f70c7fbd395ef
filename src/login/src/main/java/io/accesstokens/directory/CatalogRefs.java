package io.accesstokens.directory;

import io.accesstokens.verify.EntityRef;
import java.util.Optional;

/** Parses the entity refs in a catalog. */
final class CatalogRefs {

  static final String DEFAULT_NAMESPACE = "default";

  private CatalogRefs() {}

  /**
   * Creates an entity ref from a kind, a namespace and a name.
   *
   * @return empty if the kind, namespace and name do not form a valid entity ref
   */
  static Optional<EntityRef> of(String kind, String namespace, String name) {
    try {
      return Optional.of(new EntityRef(kind, namespace, name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Parses a reference to an entity: an entity ref or a short name. A short name belongs to the
   * namespace of the entity that contains the reference.
   *
   * @param kind the expected kind of the referenced entity
   * @param namespace the namespace of the entity that contains the reference
   * @return empty if the text is not a reference to an entity of that kind
   */
  static Optional<EntityRef> parse(String text, String kind, String namespace) {
    Optional<EntityRef> ref =
        kind.equals(EntityRef.GROUP) ? EntityRef.parseGroup(text) : EntityRef.parseUser(text);
    return text.indexOf('/') >= 0 ? ref : ref.flatMap(brief -> of(kind, namespace, brief.name()));
  }
}
