/** The change feed, the counter that orders it, and the list of replicas. */
@NullMarked
package io.accesstokens.store.feed;

import org.jspecify.annotations.NullMarked;
