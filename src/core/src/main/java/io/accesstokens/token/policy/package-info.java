/**
 * Decides which actor may do what, on which groups, and what a new token may contain.
 *
 * <ol>
 *   <li>Policies are pure functions, which read no store and no clock. {@link
 *       io.accesstokens.token.policy.PermissionPolicy} decides which actor may do what, on which
 *       groups, and by which rule. {@link io.accesstokens.token.policy.CreationPolicy} decides what
 *       a new token of a group may contain.
 *   <li>Rules only grant permissions. If several limits apply to a token, the token must meet all
 *       of them.
 *   <li>{@link io.accesstokens.token.policy.PermissionCheck} reports each denial to the {@link
 *       io.accesstokens.token.audit.AuditListener} with the rule that decided. The caller sees the
 *       name of the permission, but not the rule. The response to a request for a new token shows
 *       the limits of a group only to a caller who may create tokens of this group.
 *   <li>If the sign-in of a session is old, the session can create and rotate only read-only tokens
 *       ({@link io.accesstokens.token.policy.SignInAge}). The age is also checked when a user gives
 *       a token more rights, and when a user starts or allows a flow that creates a token.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0005-permissions-and-limits.md}.
 */
@NullMarked
package io.accesstokens.token.policy;

import org.jspecify.annotations.NullMarked;
