/** The stores of sessions, of requests that wait for consent, and of signing keys. */
@NullMarked
package io.accesstokens.store.session;

import org.jspecify.annotations.NullMarked;
