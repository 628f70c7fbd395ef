/**
 * Service tokens and personal tokens, in plain Java. This package contains the tokens, the actors,
 * the permissions, the counts and the exceptions.
 *
 * <p>Sub-packages:
 *
 * <ul>
 *   <li>{@code token.policy}: the permissions of actors, and the limits on new tokens.
 *   <li>{@code token.service}: the use cases.
 *   <li>{@code token.store}: the interfaces of the stores.
 *   <li>{@code token.query}: filters, orders and pages of lists.
 *   <li>{@code token.revocation}: makes revocations final on every replica.
 *   <li>{@code token.rotation}: replaces the secrets of tokens.
 *   <li>{@code token.audit}: the audit log.
 *   <li>{@code token.usage}: counts of uses, and reports.
 *   <li>{@code token.directory}: the interfaces of the directories of groups and users.
 * </ul>
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>{@link io.accesstokens.token.AccessToken#statusAt} is the only rule for the status of a
 *       token.
 *   <li>Each error has its own exception type, such as {@link
 *       io.accesstokens.token.TokenNotFoundException} or {@link
 *       io.accesstokens.token.NameTakenException}. The HTTP layer maps these types to status codes.
 *   <li>Constructors receive the clock and the source of randomness. Instants have a precision of
 *       milliseconds. An instant in a response therefore equals the stored instant.
 *   <li>A personal token acts as its user ({@link io.accesstokens.token.Actor.Delegate}). The token
 *       has a permission only if its user has the permission now, and the scopes of the token
 *       include the permission.
 *   <li>A personal token cannot create personal tokens ({@link
 *       io.accesstokens.token.Permissions#DELEGABLE}). A personal token can create a service token.
 *       The service token has only scopes of the personal token, and no permissions. The service
 *       token expires no later than the personal token.
 *   <li>A scope in the scope catalog has an effect in a personal token only while the user of the
 *       token is allowed to give the scope to a service token.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0005-permissions-and-limits.md}, {@code
 * src/docs/decisions/0006-personal-tokens-act-as-their-user.md}.
 */
@NullMarked
package io.accesstokens.token;

import org.jspecify.annotations.NullMarked;
