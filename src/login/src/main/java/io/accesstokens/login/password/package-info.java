/** Sign-in with a password: users files, the container's realm, and the limits on guesses. */
@NullMarked
package io.accesstokens.login.password;

import org.jspecify.annotations.NullMarked;
