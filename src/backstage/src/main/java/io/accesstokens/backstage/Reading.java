package io.accesstokens.backstage;

import io.accesstokens.store.hibernate.TokenImport;
import java.util.List;
import java.util.UUID;

/** What is made of a row: a token that keeps the rules of this service, or why it does not. */
sealed interface Reading {

  /** The row, for lines that name it: its id, and its name and group. */
  String label();

  /**
   * A token.
   *
   * @param refusedEvents a line for each event that is left out
   * @param remarks what the operator should know of it
   */
  record Good(String label, TokenImport.Item item, List<String> refusedEvents, List<String> remarks)
      implements Reading {
    UUID id() {
      return item.token().id();
    }
  }

  /**
   * A row that cannot be brought over.
   *
   * @param reasons at least one
   */
  record Bad(String label, List<String> reasons) implements Reading {}
}
