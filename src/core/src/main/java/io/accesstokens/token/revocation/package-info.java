/** Makes revocations final on every replica before they return. */
@NullMarked
package io.accesstokens.token.revocation;

import org.jspecify.annotations.NullMarked;
