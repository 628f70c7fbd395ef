/**
 * An example application: a catalog API that accepts raw tokens of an access-tokens service. The
 * API checks the scopes of each token.
 *
 * <p>The example needs these libraries: access-tokens-auth, a JSON-P provider, and a Jakarta REST
 * runtime (Jersey, RESTEasy or the runtime of a server).
 */
@NullMarked
package io.accesstokens.examples.protect;

import org.jspecify.annotations.NullMarked;
