package io.accesstokens.backstage;

import io.accesstokens.token.Permissions;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.CreationPolicy;
import io.accesstokens.verify.EntityRef;
import io.accesstokens.verify.TokenDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the columns of one row of the plugin's token table, and collects the errors. */
final class TokenFields {

  private static final Pattern HASH = Pattern.compile("(\\\\x)?([0-9a-fA-F]{64})");
  private static final Pattern PREFIX = Pattern.compile("[\\x21-\\x7E]{1,12}");

  private final SourceToken row;
  private final ScopeCatalog scopeCatalog;
  private final KnownGroups groups;
  private final String rawTokenPrefix;
  private final List<String> reasons = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  TokenFields(
      SourceToken row, ScopeCatalog scopeCatalog, KnownGroups groups, String rawTokenPrefix) {
    this.row = row;
    this.scopeCatalog = scopeCatalog;
    this.groups = groups;
    this.rawTokenPrefix = rawTokenPrefix;
  }

  /** Returns the errors so far. A row with an error is not imported. */
  List<String> reasons() {
    return List.copyOf(reasons);
  }

  /** Returns the remarks so far. A remark is a hint for the operator, not an error. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }

  void remark(String remark) {
    remarks.add(remark);
  }

  void reject(String reason) {
    reasons.add(reason);
  }

  private <T> @Nullable T orReject(Optional<T> value, String reason) {
    if (value.isEmpty()) {
      reject(reason);
    }
    return value.orElse(null);
  }

  private String text(String column) {
    String text = row.get(column);
    return text == null ? "" : text;
  }

  @Nullable UUID id() {
    return orReject(SourceText.uuid(text("id")), "id is not a UUID");
  }

  @Nullable String name() {
    return orReject(
        Optional.of(text("name")).filter(CreationPolicy::isName),
        "name is not 1 to 100 lower-case letters, digits or hyphens");
  }

  @Nullable String description() {
    Optional<String> errorMessage = CreationPolicy.descriptionError(text("description"));
    errorMessage.ifPresent(words -> reject("description " + words));
    return errorMessage.isPresent() ? null : text("description");
  }

  @Nullable TokenDigest digest() {
    Matcher hash = HASH.matcher(text("token_hash").strip());
    if (!hash.matches()) {
      reject("token_hash is not a SHA-256 in hexadecimal");
      return null;
    }
    return TokenDigest.of(HexFormat.of().parseHex(String.valueOf(hash.group(2))));
  }

  @Nullable String prefix() {
    String prefix = text("token_prefix");
    if (!PREFIX.matcher(prefix).matches()) {
      reject("token_prefix is not 1 to 12 printable characters");
      return null;
    }
    if (!prefix.startsWith(rawTokenPrefix)) {
      remarks.add(
          "its raw token does not start with "
              + rawTokenPrefix
              + " (accessTokens.rawToken.servicePrefix), so it will not be recognized");
    }
    return prefix;
  }

  @Nullable EntityRef group() {
    String written = text("group_entity_ref");
    Optional<EntityRef> parsed = EntityRef.parseGroup(written);
    if (parsed.isEmpty()) {
      reject("group_entity_ref does not name a group");
      return null;
    }
    EntityRef group = parsed.get();
    if (!group.toString().equals(written)) {
      remarks.add("group " + PrintableText.text(written) + " is imported as " + group);
    }
    if (!groups.exists(group)) {
      remarks.add("group " + group + " is not in the directory");
    }
    return group;
  }

  @Nullable List<String> scopes() {
    Optional<List<String>> listed = SourceText.list(text("scopes"));
    if (listed.isEmpty() || listed.get().isEmpty()) {
      reject("scopes is not a JSON array of at least one text, or is too long");
      return null;
    }
    Set<String> scopes = new LinkedHashSet<>(listed.get());
    for (String scope : scopes) {
      if (!ScopeCatalog.isScopeToken(scope)) {
        reject("scope " + PrintableText.text(scope) + " is not 1 to 255 printable characters");
      } else if (scope.startsWith(Permissions.PREFIX)) {
        reject("scope " + scope + " would be a permission of this service");
      } else if (!scopeCatalog.contains(scope)) {
        remarks.add("scope " + scope + " is not in the scope catalog; it is imported unchanged");
      }
    }
    return List.copyOf(scopes);
  }

  /**
   * Returns the user in a column. The ref of a user is converted to its canonical form. Any other
   * name is returned unchanged, for the audit log.
   *
   * @return null if the column is null or invalid
   */
  @Nullable String person(String column) {
    String text = row.get(column);
    if (text == null) {
      return null;
    }
    if (!SourceText.isName(text)) {
      reject(column + " is not 1 to 255 characters without control characters");
      return null;
    }
    Optional<EntityRef> user = SourceText.user(text);
    if (user.isEmpty()) {
      remarks.add(
          column
              + " "
              + PrintableText.text(text)
              + " is not the ref of a user; it is imported unchanged");
    }
    return user.map(EntityRef::toString).orElse(text);
  }

  @Nullable Instant instant(String column) {
    String text = row.get(column);
    return text == null
        ? null
        : orReject(
            SourceInstants.read(text), column + " is not a date and time from the year 2000 on");
  }

  @Nullable String requiredPerson(String column) {
    requirePresent(column);
    return person(column);
  }

  @Nullable Instant requiredInstant(String column) {
    requirePresent(column);
    return instant(column);
  }

  private void requirePresent(String column) {
    if (row.get(column) == null) {
      reject(column + " is missing");
    }
  }
}
