/**
 * An example application: a catalogue API that accepts raw tokens of an access-tokens service. The
 * API checks the scopes of each token.
 *
 * <p>The example needs the auth jar of access-tokens, Caffeine, the APIs of Jakarta REST,
 * Annotations and JSON-P, a JSON-P provider, and a Jakarta REST runtime: Jersey, RESTEasy or the
 * runtime of a server.
 */
@NullMarked
package io.accesstokens.examples.protect;

import org.jspecify.annotations.NullMarked;
