/**
 * An example application: a shop. The shop's teams create tokens for their scripts. The shop mounts
 * the resources of access-tokens in its own application, with its own groups, sign-in and database.
 *
 * <p>The example needs these libraries: access-tokens-rest, access-tokens-store, H2, and a Jakarta
 * REST runtime with an HTTP server (Jersey on the JDK's server, or RESTEasy on Undertow).
 */
@NullMarked
package io.accesstokens.examples.embed;

import org.jspecify.annotations.NullMarked;
