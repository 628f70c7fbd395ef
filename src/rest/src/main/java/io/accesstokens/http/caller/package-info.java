/**
 * The caller of a request: converts the principal of a request to an actor of the domain, and
 * detects cross-site requests of browsers.
 */
@NullMarked
package io.accesstokens.http.caller;

import org.jspecify.annotations.NullMarked;
