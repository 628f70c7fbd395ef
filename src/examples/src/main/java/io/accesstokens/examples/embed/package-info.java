/**
 * An example application: a shop whose teams create tokens for their scripts. It mounts the
 * resources of access-tokens in its own application, with its own groups, sign-in and database.
 *
 * <p>It needs the classes jar with its dependencies, a Jakarta REST runtime with a server (Jersey
 * on the JDK's server, RESTEasy on Undertow), and H2.
 */
@NullMarked
package io.accesstokens.examples.embed;

import org.jspecify.annotations.NullMarked;
