/** Verifies raw tokens at an access-tokens service that runs elsewhere. */
@NullMarked
package io.accesstokens.auth.remote;

import org.jspecify.annotations.NullMarked;
