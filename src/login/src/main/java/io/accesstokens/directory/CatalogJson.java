package io.accesstokens.directory;

import static io.accesstokens.verify.EntityRef.GROUP;
import static io.accesstokens.verify.EntityRef.USER;

import io.accesstokens.token.directory.GroupDirectory.Group;
import io.accesstokens.verify.EntityRef;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses the responses of a Backstage catalog. Entity refs are in lower case, as Backstage writes
 * them. Methods throw {@link CatalogException} if a response has an unexpected format. A proxy may
 * have sent this response. Therefore the response does not show whether a user exists.
 */
final class CatalogJson {

  private static final String ORPHAN = "backstage.io/orphan";
  private static final String CHECK_URL = "; check accessTokens.directory.backstage.baseUrl";

  /**
   * The factory of JSON parsers. A thread of the application creates the factory, because a thread
   * of the HTTP client may not find the JSON provider.
   */
  private final JsonParserFactory parsers = JsonProvider.provider().createParserFactory(Map.of());

  /** A group, and the entity refs of the parents and children that the group lists. */
  record GroupEntity(Group group, List<EntityRef> parents, List<EntityRef> children) {}

  /**
   * A page of the list of groups.
   *
   * @param entities the number of groups in the page, including ignored groups
   * @param next the cursor of the next page; null in the last page
   */
  record GroupPage(List<GroupEntity> groups, int entities, @Nullable String next) {}

  /**
   * Parses a page of the list of groups, from a response to {@code GET /entities/by-query}. Ignores
   * orphans, and groups whose name or namespace is not valid in an {@link EntityRef}. An orphan is
   * an entity that its source no longer contains.
   */
  GroupPage groups(byte[] body) {
    JsonObject page = object(body);
    List<GroupEntity> groups = new ArrayList<>();
    JsonArray items = array(page, "items");
    for (JsonValue item : items) {
      JsonObject entity = entity(item, GROUP);
      EntityRef ref = ref(entity, GROUP);
      if (!isOrphan(entity) && ref != null) {
        JsonObject spec = object(entity, "spec");
        groups.add(
            new GroupEntity(
                Group.of(ref, displayName(entity, spec)),
                text(spec, "parent").flatMap(parent -> group(parent, ref)).stream().toList(),
                texts(spec, "children").stream()
                    .flatMap(child -> group(child, ref).stream())
                    .toList()));
      }
    }
    return new GroupPage(
        groups,
        items.size(),
        text(object(page, "pageInfo"), "nextCursor")
            .filter(cursor -> !cursor.isEmpty())
            .orElse(null));
  }

  /**
   * Parses a user, from a response to {@code GET /entities/by-name}.
   *
   * @return the groups in the {@code memberOf} relations of the user; empty if Backstage has marked
   *     the user as an orphan
   */
  Optional<Set<EntityRef>> memberOf(EntityRef user, byte[] body) {
    return requested(user, body).map(entity -> related(entity, "memberOf", user, GROUP));
  }

  /**
   * Parses the mail address and the members of a group or a user, from a response to {@code GET
   * /entities/by-name}.
   *
   * @return empty if Backstage has marked the entity as an orphan
   */
  Optional<CatalogProfile> profile(EntityRef owner, byte[] body) {
    return requested(owner, body)
        .map(
            entity -> {
              Set<EntityRef> members = related(entity, "hasMember", owner, USER);
              JsonObject profile = object(object(entity, "spec"), "profile");
              return new CatalogProfile(text(profile, "email").map(String::strip), members);
            });
  }

  /**
   * Returns the requested entity from a response. Returns empty if Backstage has marked the entity
   * as an orphan.
   *
   * @throws CatalogException if the response contains another entity
   */
  private Optional<JsonObject> requested(EntityRef ref, byte[] body) {
    JsonObject entity = entity(object(body), ref.kind());
    if (!ref.equals(ref(entity, ref.kind()))) {
      throw new CatalogException("returned an entity other than the requested one");
    }
    return isOrphan(entity) ? Optional.empty() : Optional.of(entity);
  }

  /**
   * Returns the targets of the relations of an entity. Includes only relations of the given type
   * and targets of the given kind.
   */
  private static Set<EntityRef> related(
      JsonObject entity, String type, EntityRef owner, String kind) {
    Set<EntityRef> targets = new HashSet<>();
    if (entity.containsKey("relations")) {
      for (JsonValue item : array(entity, "relations")) {
        JsonObject relation = asObject(item);
        if (text(relation, "type").filter(type::equals).isPresent()) {
          text(relation, "targetRef")
              .flatMap(target -> CatalogRefs.parse(target, kind, owner.namespace()))
              .ifPresent(targets::add);
        }
      }
    }
    return Set.copyOf(targets);
  }

  /**
   * Returns true if the body of a 404 response says that the entity does not exist. A router or a
   * proxy can also respond with 404, but with another body.
   */
  boolean isNotFoundError(byte[] body) {
    try {
      return text(object(object(body), "error"), "name")
          .filter("NotFoundError"::equals)
          .isPresent();
    } catch (CatalogException e) {
      return false;
    }
  }

  private static Optional<EntityRef> group(String text, EntityRef owner) {
    return CatalogRefs.parse(text, GROUP, owner.namespace());
  }

  /**
   * Returns the display name in the profile of an entity. Returns the title of the entity if there
   * is no display name, and null if there is no title.
   */
  private static @Nullable String displayName(JsonObject entity, JsonObject spec) {
    return text(object(spec, "profile"), "displayName")
        .or(() -> text(object(entity, "metadata"), "title"))
        .orElse(null);
  }

  private static boolean isOrphan(JsonObject entity) {
    return text(object(object(entity, "metadata"), "annotations"), ORPHAN)
        .filter("true"::equals)
        .isPresent();
  }

  private static JsonObject entity(JsonValue value, String kind) {
    JsonObject entity = asObject(value);
    if (text(entity, "kind").filter(kind::equalsIgnoreCase).isEmpty()) {
      throw new CatalogException("returned an entity that is not a " + kind);
    }
    return entity;
  }

  /**
   * Returns the entity ref of an entity. Returns null if the name or the namespace is not valid in
   * an {@link EntityRef}. The caller must ignore such an entity.
   */
  private static @Nullable EntityRef ref(JsonObject entity, String kind) {
    JsonObject metadata = object(entity, "metadata");
    String name =
        text(metadata, "name")
            .orElseThrow(() -> new CatalogException("returned an entity without a name"));
    String namespace = text(metadata, "namespace").orElse(CatalogRefs.DEFAULT_NAMESPACE);
    return CatalogRefs.of(kind, namespace, name).orElse(null);
  }

  /** Parses a body as one JSON object. A {@code JsonReader} would ignore text after the object. */
  private JsonObject object(byte[] body) {
    try (JsonParser parser =
        parsers.createParser(new ByteArrayInputStream(body), StandardCharsets.UTF_8)) {
      parser.next();
      JsonObject object = parser.getObject();
      if (parser.hasNext()) {
        throw new IllegalArgumentException("text after the object");
      }
      return object;
    } catch (RuntimeException | StackOverflowError e) {
      // The parser throws its own exceptions for syntax errors, and other exceptions for numbers
      // that are too long.
      throw new CatalogException("returned a body that is not a JSON object" + CHECK_URL);
    }
  }

  private static JsonObject asObject(JsonValue value) {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new CatalogException("returned JSON with another structure than a catalog" + CHECK_URL);
  }

  /**
   * Returns the JSON object at a key. Returns an empty object if the key is absent or has the value
   * null.
   */
  private static JsonObject object(JsonObject in, String key) {
    JsonValue value = in.getOrDefault(key, JsonValue.NULL);
    return value == JsonValue.NULL ? JsonValue.EMPTY_JSON_OBJECT : asObject(value);
  }

  private static JsonArray array(JsonObject in, String key) {
    if (in.get(key) instanceof JsonArray array) {
      return array;
    }
    throw new CatalogException("returned JSON without the list " + key + CHECK_URL);
  }

  private static Optional<String> text(JsonObject in, String key) {
    return in.get(key) instanceof JsonString text
        ? Optional.of(text.getString())
        : Optional.empty();
  }

  private static List<String> texts(JsonObject in, String key) {
    return in.get(key) instanceof JsonArray array
        ? array.stream()
            .filter(JsonString.class::isInstance)
            .map(text -> ((JsonString) text).getString())
            .toList()
        : List.of();
  }
}
