/**
 * The interfaces of the directories of groups and users. Implementations are in other modules.
 *
 * <ol>
 *   <li>{@link io.accesstokens.token.directory.GroupDirectory} looks up groups, the groups of a
 *       user, and the display names of groups. {@link
 *       io.accesstokens.token.directory.UserDirectory} looks up whether a user is still present.
 *   <li>A directory that cannot determine a result reports an outage. {@link
 *       io.accesstokens.token.directory.GroupDirectory} then throws {@link
 *       io.accesstokens.token.directory.DirectoryUnavailableException}.
 * </ol>
 */
@NullMarked
package io.accesstokens.token.directory;

import org.jspecify.annotations.NullMarked;
