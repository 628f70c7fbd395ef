package io.accesstokens.backstage;

import io.accesstokens.store.hibernate.TokenImport;
import java.util.List;
import java.util.UUID;

/**
 * The result of reading a row: a token that follows the rules of this service, or the reasons why
 * it does not.
 */
sealed interface Reading {

  /** Returns a label that names the row in messages: its id, and its name and group. */
  String label();

  /**
   * A valid token.
   *
   * @param refusedEvents one line for each event that is skipped
   * @param remarks notes for the operator
   */
  record Good(String label, TokenImport.Item item, List<String> refusedEvents, List<String> remarks)
      implements Reading {
    UUID id() {
      return item.token().id();
    }
  }

  /**
   * A row that cannot be imported.
   *
   * @param reasons at least one reason
   */
  record Bad(String label, List<String> reasons) implements Reading {}
}
