/** Tests the package of the same name. */
@NullMarked
package io.accesstokens.auth;

import org.jspecify.annotations.NullMarked;
