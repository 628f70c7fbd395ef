/** Sessions of browsers over HTTP: cookies, sign-in, sign-out and the list of own sessions. */
@NullMarked
package io.accesstokens.login.session;

import org.jspecify.annotations.NullMarked;
