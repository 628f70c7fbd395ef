/**
 * The use cases of service tokens and personal tokens, and the verification of raw tokens by the
 * store.
 *
 * <ol>
 *   <li>Each use case first checks the permission, then validates the request, then makes one call
 *       to the store.
 *   <li>{@link io.accesstokens.token.service.ServiceTokenService} holds the use cases of service
 *       tokens. The use cases of personal tokens are in {@link
 *       io.accesstokens.token.service.PersonalTokenService}, where the caller is always the owner.
 *   <li>Administrators have separate use cases and paths ({@link
 *       io.accesstokens.token.service.UserTokenAdministration}). No parameter of the other use
 *       cases names another user.
 *   <li>No data of the user is written into a personal token or into the verdict cache. The
 *       existence of the user, their groups and their permissions are looked up at each use,
 *       outside the cache.
 *   <li>The scope list in a verdict contains everything that a personal token may do. A token that
 *       was created without scopes gets the read scopes. An empty list in a verdict therefore means
 *       that the token has no permission.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0006-personal-tokens-act-as-their-user.md}.
 */
@NullMarked
package io.accesstokens.token.service;

import org.jspecify.annotations.NullMarked;
