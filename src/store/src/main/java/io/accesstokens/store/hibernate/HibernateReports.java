package io.accesstokens.store.hibernate;

import io.accesstokens.token.DayOfUse;
import io.accesstokens.token.ReportStore;
import io.accesstokens.token.TokenCounts;
import io.accesstokens.token.TrailEntry;
import io.accesstokens.token.TrailPage;
import io.accesstokens.token.TrailQuery;
import io.accesstokens.verify.EntityRef;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What the database of a {@link HibernateTokenStore} tells of all service tokens together. */
final class HibernateReports implements ReportStore {

  private final Database database;
  private final Trail trail;

  HibernateReports(Database database) {
    this.database = database;
    this.trail = new Trail(database.vendor());
  }

  @Override
  public TrailPage trail(TrailQuery query) {
    return database.read(session -> trail.page(session, query));
  }

  @Override
  public List<TrailEntry> entries(TrailQuery query) {
    return database.read(session -> trail.entries(session, query, query.limit()));
  }

  @Override
  public TokenCounts counts(Optional<Set<EntityRef>> groups, Instant now, Instant unusedSince) {
    if (groups.isPresent() && groups.get().isEmpty()) {
      return new TokenCounts(List.of(), Map.of());
    }
    return database.read(
        session -> CountedTokens.read(session, database.vendor(), groups, now, unusedSince));
  }

  @Override
  public List<DayOfUse> usesByDay(UUID tokenId, LocalDate from) {
    return database.read(session -> DailyUses.read(session, tokenId, from));
  }
}
