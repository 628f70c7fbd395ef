/**
 * The use cases of service tokens and personal tokens, and the verification of raw tokens by the
 * store.
 *
 * <p>Each use case first checks the permission, then validates the request, then makes one call to
 * the store.
 */
@NullMarked
package io.accesstokens.token.service;

import org.jspecify.annotations.NullMarked;
