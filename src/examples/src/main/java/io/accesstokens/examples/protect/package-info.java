/**
 * A catalogue API that accepts raw tokens of an access-tokens service, and holds their bearers to
 * scopes.
 *
 * <p>It needs the auth jar, Caffeine, the APIs of Jakarta REST, Annotations and JSON-P, a JSON-P
 * provider, and a Jakarta REST runtime: Jersey, RESTEasy or that of a server.
 */
@NullMarked
package io.accesstokens.examples.protect;

import org.jspecify.annotations.NullMarked;
