package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Sources;
import io.accesstokens.verify.EntityRef;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads settings that name users, groups and roles. Reports wrong names as errors, and omits the
 * wrong names.
 */
final class EntityRefs {

  private static final Pattern ASTERISKS = Pattern.compile("\\*+");

  private final Settings settings;
  private final Sources sources;

  EntityRefs(Settings settings, Sources sources) {
    this.settings = settings;
    this.sources = sources;
  }

  /**
   * Returns the entity refs of users from a setting.
   *
   * @param example a valid entity ref, as an example in the error message
   */
  Set<EntityRef> users(String key, Optional<List<String>> texts, String example) {
    return refs(key, texts, EntityRef::parseUser, "must name a user, e.g. " + example);
  }

  Set<EntityRef> users(String key, Optional<List<String>> texts) {
    return users(key, texts, "user:default/alice");
  }

  Set<EntityRef> groups(String key, Optional<List<String>> texts) {
    return refs(
        key, texts, EntityRef::parseGroup, "must name a group, e.g. group:default/platform");
  }

  private Set<EntityRef> refs(
      String key,
      Optional<List<String>> texts,
      Function<String, Optional<EntityRef>> parser,
      String errorMessage) {
    Set<EntityRef> refs = new LinkedHashSet<>();
    if (texts.isPresent() && sources.isClean(key)) {
      for (int i = 0; i < texts.get().size(); i++) {
        Optional<EntityRef> ref = parser.apply(texts.get().get(i));
        if (ref.isPresent()) {
          refs.add(ref.get());
        } else {
          sources.reportError(key + '[' + i + ']', errorMessage);
        }
      }
    }
    return refs;
  }

  Set<String> roles(String key, Optional<List<String>> names) {
    List<String> roles = Sources.stripped(names);
    if (!roles.isEmpty() && !settings.login().container()) {
      sources.reportError(key + "[0]", "needs " + Settings.PREFIX + ".login.container: true");
    }
    for (int i = 0; i < roles.size(); i++) {
      if (ASTERISKS.matcher(roles.get(i)).matches()) {
        // In servlet containers, * and ** stand for all users, so they are not names of roles.
        sources.reportError(
            key + '[' + i + ']', "must be the name of a role; * and ** are not allowed");
      }
    }
    return Set.copyOf(roles);
  }
}
