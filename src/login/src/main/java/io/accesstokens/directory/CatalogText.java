package io.accesstokens.directory;

import static io.accesstokens.verify.EntityRef.GROUP;
import static io.accesstokens.verify.EntityRef.USER;

import io.accesstokens.file.MalformedFileException;
import io.accesstokens.file.WatchedFile.ParsedContent;
import io.accesstokens.file.YamlText;
import io.accesstokens.file.YamlValue;
import io.accesstokens.file.YamlValue.Fields;
import io.accesstokens.file.YamlValue.Items;
import io.accesstokens.file.YamlValue.Nothing;
import io.accesstokens.file.YamlValue.Text;
import io.accesstokens.token.directory.GroupDirectory.Group;
import io.accesstokens.verify.EntityRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses a catalog file for {@link FileGroupDirectory}. Each instance parses one file content. */
final class CatalogText {

  private final List<String> problems = new ArrayList<>();
  private final Map<EntityRef, Integer> documentOf = new LinkedHashMap<>();
  private final Map<EntityRef, Group> groups = new HashMap<>();
  private final Map<EntityRef, String> mails = new HashMap<>();
  private final List<Link> memberships = new ArrayList<>();
  private final List<Link> nestings = new ArrayList<>();

  /** The number of the current YAML document in the file. The first document has the number 1. */
  private int document;

  /**
   * The membership of a user or a group in a group.
   *
   * @param part the user or the group that is a member
   * @param line the line of the file that contains the membership
   */
  private record Link(EntityRef part, EntityRef group, int line) {}

  /** The entity ref of an entity, and the line of the file that contains the entity ref. */
  private record Named(EntityRef ref, int line) {}

  private CatalogText() {}

  /**
   * Parses the groups and memberships in the content of a catalog file.
   *
   * @throws MalformedFileException if the content has errors; the message has one line for each
   *     error
   */
  static ParsedContent<Catalog> read(String text) {
    CatalogText reading = new CatalogText();
    for (YamlValue value : YamlText.documents(text)) {
      reading.document++;
      reading.readDocument(value);
    }
    return reading.content();
  }

  private ParsedContent<Catalog> content() {
    if (groups.isEmpty() && problems.isEmpty()) {
      problems.add("has no document of kind Group");
    }
    if (!problems.isEmpty()) {
      throw new MalformedFileException(problems);
    }
    List<String> warnings = new ArrayList<>();
    Map<EntityRef, Set<EntityRef>> groupsOf = linked(memberships, "a member", "a group", warnings);
    Map<EntityRef, Set<EntityRef>> parentsOf = linked(nestings, "a child", "the parent", warnings);
    return new ParsedContent<>(
        new Catalog(new GroupTree(groups, parentsOf), groupsOf, mails), warnings);
  }

  /**
   * Returns the groups of each member. Ignores a membership if the file lacks the group or the
   * member group, and adds a warning.
   *
   * @param partRole the role of the member in the group, for the warning, such as {@code a child}
   * @param groupRole the role of the group for the member, for the warning, such as {@code the
   *     parent}
   */
  private Map<EntityRef, Set<EntityRef>> linked(
      List<Link> links, String partRole, String groupRole, List<String> warnings) {
    Map<EntityRef, Set<EntityRef>> linked = new HashMap<>();
    for (Link link : links) {
      if (!groups.containsKey(link.group())) {
        warnings.add(missing(link.line(), link.group(), groupRole, link.part()));
      } else if (link.part().kind().equals(GROUP) && !groups.containsKey(link.part())) {
        warnings.add(missing(link.line(), link.part(), partRole, link.group()));
      } else {
        linked.computeIfAbsent(link.part(), part -> new HashSet<>()).add(link.group());
      }
    }
    linked.replaceAll((part, of) -> Set.copyOf(of));
    return linked;
  }

  private static String missing(int line, EntityRef absent, String role, EntityRef other) {
    return "line "
        + line
        + ": %s is listed as %s of %s, but is not in the file".formatted(absent, role, other);
  }

  private void readDocument(YamlValue value) {
    if (value instanceof Nothing) {
      return;
    }
    if (!(value instanceof Fields entity)) {
      reportError(value, "must be a mapping");
      return;
    }
    String apiVersion = text(entity, "apiVersion", "apiVersion");
    String kind = text(entity, "kind", "kind");
    if (apiVersion == null || kind == null) {
      return;
    }
    if (kind.equalsIgnoreCase(GROUP)) {
      readEntity(entity, GROUP);
    } else if (kind.equalsIgnoreCase(USER)) {
      readEntity(entity, USER);
    }
  }

  private void readEntity(Fields entity, String kind) {
    EntityRef ref = refOf(entity, kind);
    if (ref == null) {
      return;
    }
    Integer earlier = documentOf.putIfAbsent(ref, document);
    if (earlier != null) {
      reportError(entity, ref + " is already in document " + earlier);
      return;
    }
    Fields spec = section(entity, "spec", "spec");
    readMail(ref, spec);
    if (kind.equals(USER)) {
      for (Named group : list(spec, "memberOf", GROUP, ref)) {
        memberships.add(new Link(ref, group.ref(), group.line()));
      }
    } else {
      groups.put(ref, Group.of(ref, displayName(entity, spec)));
      readGroup(ref, spec);
    }
  }

  private void readMail(EntityRef ref, Fields spec) {
    if (spec.get("profile") instanceof Fields profile) {
      String mail = textOrNothing(profile, "email", "spec.profile.email");
      if (mail != null) {
        mails.put(ref, mail.strip());
      }
    }
  }

  private void readGroup(EntityRef ref, Fields spec) {
    for (Named user : list(spec, "members", USER, ref)) {
      memberships.add(new Link(user.ref(), ref, user.line()));
    }
    for (Named child : list(spec, "children", GROUP, ref)) {
      nestings.add(new Link(child.ref(), ref, child.line()));
    }
    YamlValue parent = spec.get("parent");
    if (!(parent instanceof Nothing)) {
      EntityRef named = named(parent, "spec.parent", GROUP, ref);
      if (named != null) {
        nestings.add(new Link(ref, named, parent.line()));
      }
    }
  }

  /**
   * Returns the display name in the profile of an entity. Returns the title of the entity if there
   * is no display name, and null if there is no title.
   */
  private @Nullable String displayName(Fields entity, Fields spec) {
    Fields profile = section(spec, "profile", "spec.profile");
    String name = textOrNothing(profile, "displayName", "spec.profile.displayName");
    return name == null && entity.get("metadata") instanceof Fields metadata
        ? textOrNothing(metadata, "title", "metadata.title")
        : name;
  }

  private @Nullable EntityRef refOf(Fields entity, String kind) {
    if (!(entity.get("metadata") instanceof Fields metadata)) {
      reportError(entity.get("metadata"), "metadata must be a mapping");
      return null;
    }
    String name = text(metadata, "name", "metadata.name");
    String namespace = CatalogRefs.DEFAULT_NAMESPACE;
    if (!(metadata.get("namespace") instanceof Nothing)) {
      namespace = text(metadata, "namespace", "metadata.namespace");
    }
    if (name == null || namespace == null) {
      return null;
    }
    EntityRef ref = CatalogRefs.of(kind, namespace, name).orElse(null);
    if (ref == null) {
      reportError(metadata, "metadata.name and metadata.namespace do not make an entity ref");
    }
    return ref;
  }

  private List<Named> list(Fields spec, String key, String kind, EntityRef owner) {
    YamlValue list = spec.get(key);
    String path = "spec." + key;
    List<Named> all = new ArrayList<>();
    if (list instanceof Items items) {
      for (int i = 0; i < items.items().size(); i++) {
        YamlValue item = items.items().get(i);
        EntityRef ref = named(item, path + '[' + i + ']', kind, owner);
        if (ref != null) {
          all.add(new Named(ref, item.line()));
        }
      }
    } else if (!(list instanceof Nothing)) {
      reportError(list, path + " must be a list");
    }
    return all;
  }

  private @Nullable EntityRef named(YamlValue value, String path, String kind, EntityRef owner) {
    EntityRef ref =
        value instanceof Text text
            ? CatalogRefs.parse(text.text(), kind, owner.namespace()).orElse(null)
            : null;
    if (ref == null) {
      reportError(value, path + " must be the name or the ref of a " + kind);
    }
    return ref;
  }

  private Fields section(Fields in, String key, String path) {
    YamlValue value = in.get(key);
    if (value instanceof Fields fields) {
      return fields;
    }
    if (!(value instanceof Nothing)) {
      reportError(value, path + " must be a mapping");
    }
    return new Fields(Map.of(), value.line());
  }

  private @Nullable String textOrNothing(Fields fields, String key, String path) {
    YamlValue value = fields.get(key);
    if (!(value instanceof Text) && !(value instanceof Nothing)) {
      reportError(value, path + " must be text");
    }
    return value instanceof Text text ? text.text() : null;
  }

  private @Nullable String text(Fields fields, String key, String path) {
    YamlValue value = fields.get(key);
    if (value instanceof Text text && !text.text().isBlank()) {
      return text.text();
    }
    reportError(value, path + (value instanceof Nothing ? " is missing" : " must be text"));
    return null;
  }

  private void reportError(YamlValue at, String errorMessage) {
    problems.add("document " + document + ", line " + at.line() + ": " + errorMessage);
  }
}
