/**
 * Defines how strictly the scopes of a resource method are enforced.
 *
 * <ol>
 *   <li>The {@linkplain io.accesstokens.auth.enforcement.EnforcementMode modes} relax scopes, never
 *       authentication. Roles have no modes. If the mode cannot be determined, it is {@code
 *       ENFORCE}.
 *   <li>The declarations of a resource method identify it ({@link
 *       io.accesstokens.auth.enforcement.Route}), and the text of a request never does. So no
 *       spelling of a path moves a request to another mode.
 *   <li>In {@code MONITOR} and {@code WARN}, an anonymous caller still gets 401. Otherwise the log
 *       that these modes produce would have no name for the caller. A forgotten mode would also
 *       leave the resource open to all.
 * </ol>
 */
@NullMarked
package io.accesstokens.auth.enforcement;

import org.jspecify.annotations.NullMarked;
