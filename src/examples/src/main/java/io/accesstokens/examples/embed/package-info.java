/**
 * An example application: a shop. The shop's teams create tokens for their scripts. The shop mounts
 * the resources of access-tokens in its own application, with its own groups, sign-in and database.
 *
 * <p>The example needs the classes jar of access-tokens with its dependencies, a Jakarta REST
 * runtime with an HTTP server (Jersey on the JDK's server, or RESTEasy on Undertow), and H2.
 */
@NullMarked
package io.accesstokens.examples.embed;

import org.jspecify.annotations.NullMarked;
