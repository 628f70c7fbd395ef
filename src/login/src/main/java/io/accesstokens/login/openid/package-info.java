/** Sign-in at an OpenID provider (OpenID Connect Core 1.0). */
@NullMarked
package io.accesstokens.login.openid;

import org.jspecify.annotations.NullMarked;
