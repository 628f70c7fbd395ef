package io.accesstokens.token.query;

import java.util.List;

/**
 * A page of a list.
 *
 * @param items the items of the page, newest item first
 * @param total the number of items on all pages
 * @param <T> the type of an item
 */
public record Page<T>(List<T> items, BoundedCount total) {

  /** Creates a page with a copy of the list of items. */
  public Page {
    items = List.copyOf(items);
  }
}
