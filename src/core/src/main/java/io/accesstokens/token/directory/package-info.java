/**
 * The interfaces of the directories of groups and users. Implementations are in other modules.
 *
 * <ol>
 *   <li>{@link io.accesstokens.token.directory.GroupDirectory} looks up groups, the groups of a
 *       user, and the display names of groups. {@link
 *       io.accesstokens.token.directory.UserDirectory} looks up whether a user is still present.
 *       {@link io.accesstokens.token.directory.MailDirectory} looks up mail addresses.
 *   <li>A directory that cannot determine a result reports an outage. The group directory and the
 *       mail directory then throw {@link
 *       io.accesstokens.token.directory.DirectoryUnavailableException}. The user directory then
 *       returns {@link io.accesstokens.token.directory.UserDirectory.Presence#UNKNOWN}.
 * </ol>
 */
@NullMarked
package io.accesstokens.token.directory;

import org.jspecify.annotations.NullMarked;
