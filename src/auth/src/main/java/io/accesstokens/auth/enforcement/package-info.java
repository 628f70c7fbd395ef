/** How strictly the scopes of a route are enforced. */
@NullMarked
package io.accesstokens.auth.enforcement;

import org.jspecify.annotations.NullMarked;
