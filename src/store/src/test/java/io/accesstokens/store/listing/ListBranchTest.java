package io.accesstokens.store.listing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.accesstokens.store.jdbc.DatabaseKind;
import io.accesstokens.token.query.TokenFilter;
import io.accesstokens.token.query.TokenOrder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListBranchTest {

  private static final String GROUP = "t.group_entity_ref";

  private static final TokenFilter LIVE_AND_UNUSED =
      new TokenFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          true,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          true,
          false);

  /** With another order of the columns, H2 would read and sort all tokens. */
  @Test
  void sortNamesTheColumnsInTheOrderOfTheIndexOnH2() {
    assertEquals(
        List.of("t.list_status", GROUP, "t.last_used_order"), sortColumns(DatabaseKind.H2));
    assertEquals(List.of(GROUP), sortColumns(DatabaseKind.MARIADB));
    assertEquals(List.of(GROUP), sortColumns(DatabaseKind.POSTGRESQL));
  }

  /** Returns the columns of the sort of all branches that read an index in its order. */
  private static List<String> sortColumns(DatabaseKind databaseKind) {
    List<ListBranch> branches =
        ListBranch.ordered(LIVE_AND_UNUSED, TokenOrder.Key.GROUP, Instant.EPOCH, databaseKind)
            .stream()
            .filter(branch -> !branch.leading().isEmpty())
            .toList();
    assertFalse(branches.isEmpty(), "no branch reads an index in its order");
    List<String> columns = branches.get(0).sortColumns(GROUP, databaseKind);
    branches.forEach(branch -> assertEquals(columns, branch.sortColumns(GROUP, databaseKind)));
    return columns;
  }
}
