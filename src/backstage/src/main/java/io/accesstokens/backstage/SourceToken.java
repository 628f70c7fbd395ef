package io.accesstokens.backstage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of the plugin's token table as text, with the audit log rows of the token. The values are
 * not validated. This class is not a record, because the {@code toString} method of a record would
 * return the digest.
 */
final class SourceToken {

  /** A row of the plugin's audit log as text. */
  record Event(
      @Nullable String id,
      @Nullable String tokenId,
      @Nullable String event,
      @Nullable String actor,
      @Nullable String metadata,
      @Nullable String occurredAt) {}

  /** The columns of the token table, in the order of the constructor's values. */
  static final List<String> COLUMNS =
      List.of(
          "id",
          "name",
          "description",
          "token_hash",
          "token_prefix",
          "group_entity_ref",
          "scopes",
          "created_by",
          "created_at",
          "expires_at",
          "last_used_at",
          "revoked_at",
          "revoked_by");

  private final @Nullable String[] values;
  private final List<Event> events;

  SourceToken(@Nullable String[] values, List<Event> events) {
    this.values = values;
    this.events = events;
  }

  @Nullable String get(String column) {
    return values[COLUMNS.indexOf(column)];
  }

  List<Event> events() {
    return events;
  }
}
