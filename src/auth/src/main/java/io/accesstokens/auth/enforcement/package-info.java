/**
 * Defines how strictly the scopes of a resource method are enforced.
 *
 * <ol>
 *   <li>The {@linkplain io.accesstokens.auth.enforcement.EnforcementMode modes} relax scopes, never
 *       authentication. Roles have no modes. If the mode cannot be determined, it is {@code
 *       ENFORCE}.
 *   <li>The declarations in the code identify a resource method ({@link
 *       io.accesstokens.auth.enforcement.Route}), never the text of a request. So the spelling of a
 *       path cannot change the mode of a request.
 *   <li>In {@code MONITOR} and {@code WARN}, an anonymous caller still gets 401. Therefore, the log
 *       in these modes always names a caller, and no resource becomes open to all callers.
 * </ol>
 */
@NullMarked
package io.accesstokens.auth.enforcement;

import org.jspecify.annotations.NullMarked;
