/** Tests the verification of bearer JWTs. */
@NullMarked
package io.accesstokens.jwt;

import org.jspecify.annotations.NullMarked;
