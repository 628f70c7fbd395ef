/**
 * Defines how strictly the scopes of a resource method are enforced.
 *
 * <ol>
 *   <li>The {@linkplain io.accesstokens.auth.enforcement.EnforcementMode modes} relax scopes, never
 *       authentication. Roles have no modes. If the mode cannot be determined, it is {@code
 *       ENFORCE}.
 *   <li>The declarations in the code identify a resource method ({@link
 *       io.accesstokens.auth.enforcement.Route}), never the text of a request. So an unusual
 *       spelling of a path cannot change the mode of a request.
 *   <li>In {@code MONITOR} and {@code WARN}, an anonymous caller still gets 401. Without this rule,
 *       the log of these modes would have no name for the caller. A forgotten mode would also leave
 *       the resource open to all callers.
 * </ol>
 */
@NullMarked
package io.accesstokens.auth.enforcement;

import org.jspecify.annotations.NullMarked;
