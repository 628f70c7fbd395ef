package io.accesstokens.directory;

import io.accesstokens.file.MalformedFile;
import io.accesstokens.file.ReloadedFile.Meaning;
import io.accesstokens.file.YamlText;
import io.accesstokens.file.YamlValue;
import io.accesstokens.file.YamlValue.Fields;
import io.accesstokens.file.YamlValue.Items;
import io.accesstokens.file.YamlValue.Nothing;
import io.accesstokens.file.YamlValue.Text;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One reading of a catalog file: what {@link FileGroupDirectory} knows of it. */
final class CatalogText {

  private final List<String> problems = new ArrayList<>();
  private final Map<EntityRef, Integer> documentOf = new LinkedHashMap<>();
  private final List<Membership> memberships = new ArrayList<>();

  /** The number of the document that is being read, from 1. */
  private int document;

  private record Membership(EntityRef user, EntityRef group, int line) {}

  private CatalogText() {}

  /**
   * The memberships of a text.
   *
   * @throws MalformedFile with one line for each fault
   */
  static Meaning<Memberships> read(String text) {
    CatalogText reading = new CatalogText();
    for (YamlValue value : YamlText.documents(text)) {
      reading.document++;
      reading.readDocument(value);
    }
    return reading.meaning();
  }

  private Meaning<Memberships> meaning() {
    Set<EntityRef> groups = new HashSet<>(documentOf.keySet());
    groups.removeIf(ref -> !ref.kind().equals(EntityRef.GROUP));
    if (groups.isEmpty() && problems.isEmpty()) {
      problems.add("has no document of kind Group");
    }
    if (!problems.isEmpty()) {
      throw new MalformedFile(problems);
    }
    List<String> warnings = new ArrayList<>();
    Map<EntityRef, Set<EntityRef>> groupsOf = new HashMap<>();
    for (Membership membership : memberships) {
      if (groups.contains(membership.group())) {
        groupsOf
            .computeIfAbsent(membership.user(), user -> new HashSet<>())
            .add(membership.group());
      } else {
        warnings.add(
            "line %d: %s is said to be a member of %s, which is not in the file"
                .formatted(membership.line(), membership.user(), membership.group()));
      }
    }
    groupsOf.replaceAll((user, of) -> Set.copyOf(of));
    return new Meaning<>(new Memberships(groups, groupsOf), warnings);
  }

  private void readDocument(YamlValue value) {
    if (value instanceof Nothing) {
      return;
    }
    if (!(value instanceof Fields entity)) {
      complain(value, "must be a mapping");
      return;
    }
    String apiVersion = text(entity, "apiVersion", "apiVersion");
    String kind = text(entity, "kind", "kind");
    if (apiVersion == null || kind == null) {
      return;
    }
    if (kind.equalsIgnoreCase(EntityRef.GROUP)) {
      readEntity(entity, EntityRef.GROUP, "members");
    } else if (kind.equalsIgnoreCase(EntityRef.USER)) {
      readEntity(entity, EntityRef.USER, "memberOf");
    }
  }

  private void readEntity(Fields entity, String kind, String listKey) {
    EntityRef ref = refOf(entity, kind);
    if (ref == null) {
      return;
    }
    Integer earlier = documentOf.putIfAbsent(ref, document);
    if (earlier != null) {
      complain(entity, ref + " stands in document " + earlier + " already");
      return;
    }
    YamlValue spec = entity.get("spec");
    if (spec instanceof Fields fields) {
      readMemberships(ref, fields.get(listKey), "spec." + listKey);
    } else if (!(spec instanceof Nothing)) {
      complain(spec, "spec must be a mapping");
    }
  }

  private @Nullable EntityRef refOf(Fields entity, String kind) {
    if (!(entity.get("metadata") instanceof Fields metadata)) {
      complain(entity.get("metadata"), "metadata must be a mapping");
      return null;
    }
    String name = text(metadata, "name", "metadata.name");
    String namespace = "default";
    if (!(metadata.get("namespace") instanceof Nothing)) {
      namespace = text(metadata, "namespace", "metadata.namespace");
    }
    if (name == null || namespace == null) {
      return null;
    }
    try {
      return new EntityRef(kind, namespace, name);
    } catch (IllegalArgumentException e) {
      complain(metadata, "metadata.name and metadata.namespace do not make an entity ref");
      return null;
    }
  }

  private void readMemberships(EntityRef owner, YamlValue list, String path) {
    if (list instanceof Nothing) {
      return;
    }
    if (!(list instanceof Items items)) {
      complain(list, path + " must be a list");
      return;
    }
    boolean isGroup = owner.kind().equals(EntityRef.GROUP);
    String otherKind = isGroup ? EntityRef.USER : EntityRef.GROUP;
    for (int i = 0; i < items.items().size(); i++) {
      YamlValue item = items.items().get(i);
      EntityRef other =
          item instanceof Text text
              ? named(text.text(), otherKind, owner.namespace()).orElse(null)
              : null;
      if (other == null) {
        complain(item, path + '[' + i + "] must be the name or the ref of a " + otherKind);
      } else {
        memberships.add(
            isGroup
                ? new Membership(other, owner, item.line())
                : new Membership(owner, other, item.line()));
      }
    }
  }

  private static Optional<EntityRef> named(String text, String kind, String namespace) {
    Optional<EntityRef> ref =
        kind.equals(EntityRef.GROUP) ? EntityRef.parseGroup(text) : EntityRef.parseUser(text);
    if (text.indexOf('/') >= 0) {
      return ref;
    }
    try {
      return ref.map(brief -> new EntityRef(kind, namespace, brief.name()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private @Nullable String text(Fields fields, String key, String path) {
    YamlValue value = fields.get(key);
    if (value instanceof Text text && !text.text().isBlank()) {
      return text.text();
    }
    complain(value, path + (value instanceof Nothing ? " is missing" : " must be text"));
    return null;
  }

  private void complain(YamlValue at, String complaint) {
    problems.add("document " + document + ", line " + at.line() + ": " + complaint);
  }
}
