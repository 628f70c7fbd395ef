/**
 * A shop that lets its teams make tokens for their scripts: the routes of access-tokens within the
 * shop's own application, with its own groups, its own sign-in and its own database.
 *
 * <p>It needs the classes jar with what that needs, a Jakarta REST runtime with a server (Jersey on
 * the JDK's, RESTEasy on Undertow), and H2.
 */
@NullMarked
package io.accesstokens.examples.embed;

import org.jspecify.annotations.NullMarked;
