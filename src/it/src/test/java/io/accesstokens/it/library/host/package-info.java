/**
 * Runs inside another class loader, beside the auth jar and a Jakarta REST runtime, as a host
 * application does. Nothing here may use anything else.
 */
@NullMarked
package io.accesstokens.it.library.host;

import org.jspecify.annotations.NullMarked;
