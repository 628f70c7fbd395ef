package io.accesstokens.backstage;

import io.accesstokens.store.hibernate.TokenImport;
import io.accesstokens.store.hibernate.TokenImport.Item;
import io.accesstokens.store.hibernate.TokenImport.Outcome;
import io.accesstokens.store.hibernate.TokenImport.Result;
import io.accesstokens.token.ScopeCatalogue;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.directory.GroupDirectory;
import io.accesstokens.verify.EntityRef;
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

  private final ScopeCatalogue catalogue;
  private final KnownGroups groups;
  private final Duration maxLifetime;
  private final String rawTokenPrefix;

  /**
   * Creates an import. An unknown scope, an unknown group or a lifetime above the maximum does not
   * prevent the import of a token. The summary then has a note for the operator.
   *
   * @param catalogue the known scopes
   * @param directory the group directory
   * @param maxLifetime the maximum lifetime of new tokens
   * @param rawTokenPrefix the prefix of this service's raw tokens
   */
  public BackstageImport(
      ScopeCatalogue catalogue,
      GroupDirectory directory,
      Duration maxLifetime,
      String rawTokenPrefix) {
    this.catalogue = catalogue;
    this.groups = new KnownGroups(directory);
    this.maxLifetime = maxLifetime;
    this.rawTokenPrefix = rawTokenPrefix;
  }

  /**
   * The destination of an import: a database, or {@link #nothing} for a dry run without a database.
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
  public static Target nothing() {
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
    summary.read(content.tokens().size());
    content
        .orphans()
        .forEach(
            event ->
                summary.refusedEvent(
                    "audit event " + Shown.text(event.id()) + " belongs to no token"));
    TokenReader reader = new TokenReader(catalogue, groups, maxLifetime, rawTokenPrefix);
    List<Reading.Good> good = new ArrayList<>();
    for (SourceToken row : content.tokens()) {
      Reading reading = reader.read(row);
      if (reading instanceof Reading.Good readable) {
        good.add(readable);
      } else if (reading instanceof Reading.Bad bad) {
        summary.refused(bad.label(), bad.reasons());
      }
    }
    importBatch(withoutConflicts(good, target, summary), target, summary);
    return summary;
  }

  /**
   * Omits each unrevoked token that has the same group and name as another unrevoked token, and
   * reports it in the summary. Tokens that the target already has are never omitted.
   */
  private List<Reading.Good> withoutConflicts(
      List<Reading.Good> good, Target target, ImportSummary summary) {
    Map<String, List<Reading.Good>> byName = new LinkedHashMap<>();
    for (Reading.Good reading : good) {
      ServiceToken token = reading.item().token();
      if (token.revokedAt() == null) {
        EntityRef group = token.group();
        byName.computeIfAbsent(group + " " + token.name(), key -> new ArrayList<>()).add(reading);
      }
    }
    Set<Reading.Good> refused = new HashSet<>();
    for (List<Reading.Good> same : byName.values()) {
      if (same.size() > 1) {
        for (Reading.Good reading : same) {
          if (!target.has(reading.id())) {
            refused.add(reading);
            summary.refused(reading.label(), List.of(conflict(reading, same)));
          }
        }
      }
    }
    return good.stream().filter(reading -> !refused.contains(reading)).toList();
  }

  private static String conflict(Reading.Good one, List<Reading.Good> same) {
    List<String> others =
        same.stream()
            .filter(other -> !other.id().equals(one.id()))
            .map(Reading.Good::label)
            .toList();
    return "the same group and name, in another spelling, as " + String.join(" and ", others);
  }

  private static void importBatch(List<Reading.Good> good, Target target, ImportSummary summary) {
    // Revoked tokens come first, because a later token may have the name of a revoked token.
    List<Reading.Good> ordered =
        good.stream()
            .sorted(Comparator.comparing(reading -> reading.item().token().revokedAt() == null))
            .toList();
    for (int from = 0; from < ordered.size(); from += TokenImport.BATCH) {
      List<Reading.Good> batch =
          ordered.subList(from, Math.min(from + TokenImport.BATCH, ordered.size()));
      List<Result> results = target.importBatch(batch.stream().map(Reading.Good::item).toList());
      for (int i = 0; i < batch.size(); i++) {
        count(batch.get(i), results.get(i), summary);
      }
    }
  }

  private static void count(Reading.Good reading, Result result, ImportSummary summary) {
    String refusal =
        switch (result.outcome()) {
          case ADDED, UPDATED, UNCHANGED -> "";
          case NAME_TAKEN -> "another unrevoked token here has that group and name";
          case DIGEST_TAKEN -> "the same raw token is here under another id";
          case ID_TAKEN -> "another token here has that id";
          case EVENT_ID_TAKEN -> "one of its audit events has the id of another here";
        };
    if (!refusal.isEmpty()) {
      summary.refused(reading.label(), List.of(refusal));
      return;
    }
    summary.carriedOver(result);
    reading.refusedEvents().forEach(summary::refusedEvent);
    reading.remarks().forEach(summary::remark);
  }
}
