package io.accesstokens.backstage;

import io.accesstokens.store.hibernate.TokenImport;
import java.util.List;
import java.util.UUID;

/**
 * The result of reading a row of the plugin's token table: a valid token, or the reasons why the
 * row cannot be imported.
 */
sealed interface TokenRow {

  /** Returns a label for messages: the id, the name and the group of the token in the row. */
  String label();

  /**
   * A row with a valid token.
   *
   * @param label the label of the row in messages
   * @param item the token with its audit events
   * @param refusedEvents one line for each audit event that is omitted
   * @param remarks notes for the operator
   */
  record Valid(
      String label, TokenImport.Item item, List<String> refusedEvents, List<String> remarks)
      implements TokenRow {
    UUID id() {
      return item.token().id();
    }
  }

  /**
   * A row that cannot be imported.
   *
   * @param label the label of the row in messages
   * @param reasons the reasons, at least one
   */
  record Invalid(String label, List<String> reasons) implements TokenRow {}
}
