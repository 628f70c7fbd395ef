/**
 * The directories that know groups and users. Implementations are in other modules.
 *
 * <ol>
 *   <li>{@link io.accesstokens.token.directory.GroupDirectory} knows which groups exist, who
 *       belongs to them and their display names. {@link
 *       io.accesstokens.token.directory.UserDirectory} knows whether a user is still present.
 *   <li>A directory never guesses. If it cannot determine a result, this is an outage ({@link
 *       io.accesstokens.token.directory.DirectoryUnavailableException}).
 * </ol>
 */
@NullMarked
package io.accesstokens.token.directory;

import org.jspecify.annotations.NullMarked;
