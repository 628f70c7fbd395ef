package io.accesstokens.backstage;

import io.accesstokens.store.hibernate.TokenImport;
import io.accesstokens.store.hibernate.TokenImport.Item;
import io.accesstokens.store.hibernate.TokenImport.Outcome;
import io.accesstokens.store.hibernate.TokenImport.Result;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.verify.EntityRef;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Imports all tokens of a source into a target. */
public final class BackstageImport {

  private final ScopeCatalog scopeCatalog;
  private final KnownGroups groups;
  private final Duration maxLifetime;
  private final String rawTokenPrefix;
  private final Clock clock;

  /**
   * Creates an import. An unknown scope, an unknown group or a lifetime above the maximum does not
   * prevent the import of a token. The summary then has a note for the operator.
   *
   * @param scopeCatalog the known scopes
   * @param directory the group directory
   * @param maxLifetime the maximum lifetime of new tokens
   * @param rawTokenPrefix the prefix of this service's raw tokens
   * @param clock the clock that finds audit events in the future
   */
  public BackstageImport(
      ScopeCatalog scopeCatalog,
      GroupDirectory directory,
      Duration maxLifetime,
      String rawTokenPrefix,
      Clock clock) {
    this.scopeCatalog = scopeCatalog;
    this.groups = new KnownGroups(directory);
    this.maxLifetime = maxLifetime;
    this.rawTokenPrefix = rawTokenPrefix;
    this.clock = clock;
  }

  /**
   * The destination of an import: a database, or {@link #emptyTarget} for a dry run without a
   * database.
   */
  public interface Target {

    /**
     * Imports a batch of tokens, and returns one result for each token. See {@link
     * TokenImport#importBatch}.
     */
    List<Result> importBatch(List<Item> items);

    /** Returns true if the target has a token with the given id. */
    boolean has(UUID id);
  }

  /**
   * Returns an empty target that stores nothing, for a dry run without a database. The target
   * reports every token as added.
   */
  public static Target emptyTarget() {
    return new Target() {
      @Override
      public List<Result> importBatch(List<Item> items) {
        return items.stream()
            .map(item -> new Result(Outcome.ADDED, item.events().size(), null))
            .toList();
      }

      @Override
      public boolean has(UUID id) {
        return false;
      }
    };
  }

  /**
   * Imports the tokens of a source in batches, and returns a summary. If a batch fails, the earlier
   * batches stay imported.
   */
  public ImportSummary run(SourceContent content, Target target) {
    ImportSummary summary = new ImportSummary();
    summary.setTokensRead(content.tokens().size());
    content
        .orphans()
        .forEach(
            event ->
                summary.addRefusedEvent(
                    "audit event " + PrintableText.text(event.id()) + " belongs to no token"));
    TokenReader reader =
        new TokenReader(scopeCatalog, groups, maxLifetime, rawTokenPrefix, clock.instant());
    List<TokenRow.Valid> rows = new ArrayList<>();
    for (SourceToken row : content.tokens()) {
      TokenRow result = reader.read(row);
      if (result instanceof TokenRow.Valid valid) {
        rows.add(valid);
      } else if (result instanceof TokenRow.Invalid invalid) {
        summary.addRefusal(invalid.label(), invalid.reasons());
      }
    }
    importBatch(withoutConflicts(rows, target, summary), target, summary);
    return summary;
  }

  /**
   * Omits each unrevoked token that has the same group and name as another unrevoked token, and
   * reports the token in the summary. Tokens that the target already has are never omitted.
   */
  private List<TokenRow.Valid> withoutConflicts(
      List<TokenRow.Valid> rows, Target target, ImportSummary summary) {
    Map<String, List<TokenRow.Valid>> byName = new LinkedHashMap<>();
    for (TokenRow.Valid row : rows) {
      ServiceToken token = row.item().token();
      if (token.revokedAt() == null) {
        EntityRef group = token.group();
        byName.computeIfAbsent(group + " " + token.name(), key -> new ArrayList<>()).add(row);
      }
    }
    Set<TokenRow.Valid> refused = new HashSet<>();
    for (List<TokenRow.Valid> same : byName.values()) {
      if (same.size() > 1) {
        for (TokenRow.Valid row : same) {
          if (!target.has(row.id())) {
            refused.add(row);
            summary.addRefusal(row.label(), List.of(conflict(row, same)));
          }
        }
      }
    }
    return rows.stream().filter(row -> !refused.contains(row)).toList();
  }

  private static String conflict(TokenRow.Valid one, List<TokenRow.Valid> same) {
    List<String> others =
        same.stream()
            .filter(other -> !other.id().equals(one.id()))
            .map(TokenRow.Valid::label)
            .toList();
    return "the same group and name, in another spelling, as " + String.join(" and ", others);
  }

  private static void importBatch(List<TokenRow.Valid> rows, Target target, ImportSummary summary) {
    // Revoked tokens come first, because a later token may have the name of a revoked token.
    List<TokenRow.Valid> ordered =
        rows.stream()
            .sorted(Comparator.comparing(row -> row.item().token().revokedAt() == null))
            .toList();
    for (int from = 0; from < ordered.size(); from += TokenImport.BATCH) {
      List<TokenRow.Valid> batch =
          ordered.subList(from, Math.min(from + TokenImport.BATCH, ordered.size()));
      List<Result> results = target.importBatch(batch.stream().map(TokenRow.Valid::item).toList());
      for (int i = 0; i < batch.size(); i++) {
        count(batch.get(i), results.get(i), summary);
      }
    }
  }

  private static void count(TokenRow.Valid row, Result result, ImportSummary summary) {
    String refusal =
        switch (result.outcome()) {
          case ADDED, UPDATED, UNCHANGED -> "";
          case NAME_TAKEN -> "another unrevoked token here has that group and name";
          case DIGEST_TAKEN -> "the same raw token is here under another id";
          case ID_TAKEN -> "another token here has that id";
          case EVENT_ID_TAKEN -> "one of its audit events has the id of another here";
        };
    if (!refusal.isEmpty()) {
      summary.addRefusal(row.label(), List.of(refusal));
      return;
    }
    summary.addResult(result);
    row.refusedEvents().forEach(summary::addRefusedEvent);
    row.remarks().forEach(summary::remark);
  }
}
