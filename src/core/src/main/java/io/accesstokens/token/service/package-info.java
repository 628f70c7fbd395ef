/**
 * The use cases of service tokens and personal tokens, and the verification of raw tokens against
 * the store.
 *
 * <ol>
 *   <li>Each use case first checks the permission, then validates the request, then reads or
 *       changes the store. All changes of a use case are one transaction. Only the revocation of
 *       all tokens of a user can need several.
 *   <li>{@link io.accesstokens.token.service.ServiceTokenService} has the use cases of service
 *       tokens. {@link io.accesstokens.token.service.PersonalTokenService} has the use cases of
 *       personal tokens. The caller of these use cases is always the owner.
 *   <li>Administrators have separate use cases and paths ({@link
 *       io.accesstokens.token.service.UserTokenAdministration}). No parameter of the other use
 *       cases names another user.
 *   <li>A personal token and the cache of verdicts contain no data of the user. The presence, the
 *       groups and the permissions of the user are looked up at each use.
 *   <li>The scope list in a verdict contains everything that a personal token may do. A personal
 *       token that was created without scopes gets the read scopes. So an empty list in a verdict
 *       means that the token has no permission.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0006-personal-tokens-act-as-their-user.md}.
 */
@NullMarked
package io.accesstokens.token.service;

import org.jspecify.annotations.NullMarked;
