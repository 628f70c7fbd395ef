/**
 * Implements {@link io.accesstokens.token.directory.GroupDirectory}: reads groups and their members
 * from a file or from Backstage.
 *
 * <ol>
 *   <li>A user is a member of a group if the group lists the user or if the user lists the group.
 *   <li>Membership passes upwards. A member of a group is also a member of each parent group and of
 *       all further ancestors. The field {@code spec.parent} of a group names the parent of this
 *       group. The field {@code spec.children} of a group names the child groups of this group.
 *       Membership never passes downwards. Groups that contain each other in a cycle have the same
 *       members ({@link io.accesstokens.directory.GroupTree}).
 *   <li>A missing group in {@code memberOf}, {@code parent} or {@code children} is not an error,
 *       because catalogs are often incomplete. The reference is ignored as long as the group is
 *       missing.
 *   <li>A short name belongs to the namespace of the entity that contains the name, as in
 *       Backstage. Entity refs are case-insensitive, and their canonical form is lower case ({@link
 *       io.accesstokens.verify.EntityRef}).
 *   <li>A file without any group is an error, and a catalog without any group is an outage.
 *       Otherwise a truncated file or an empty catalog would remove the groups of all users.
 *   <li>Exactly one group directory is in use.
 *   <li>Nested membership can be disabled.
 * </ol>
 *
 * <h2>A file</h2>
 *
 * <ol>
 *   <li>{@link io.accesstokens.directory.FileGroupDirectory} reads a file in the format of
 *       Backstage catalog entities, so that an installation can use its existing file.
 *   <li>A member of a group need not be a user in the file. The file therefore does not show which
 *       users have left.
 *   <li>If a later read finds invalid content, the last valid content stays in use. An error in the
 *       file therefore never causes an outage.
 * </ol>
 *
 * <h2>A running Backstage</h2>
 *
 * <ol>
 *   <li>{@link io.accesstokens.directory.BackstageGroupDirectory} reads all groups together and
 *       users one by one from the catalog. The load of the catalog therefore depends on the number
 *       of active users. Group names, group searches and searches for parent groups use the cached
 *       list of groups.
 *   <li>Responses are cached for a bounded time ({@link
 *       io.accesstokens.directory.RefreshingCache}). If the cached response is stale and a new
 *       request fails, the catalog counts as unavailable.
 *   <li>An absent user or group is distinguished from an unknown result:
 *       <ul>
 *         <li>A user does not exist if the catalog responds with 404. The body of the response must
 *             contain the error name {@code NotFoundError}, because a router or a proxy can also
 *             respond with 404.
 *         <li>A group does not exist if the list of all groups does not contain the group. The list
 *             must not be older than five seconds.
 *         <li>Every other result (another status, another format, no response in time) causes a
 *             {@link io.accesstokens.token.directory.DirectoryUnavailableException}.
 *       </ul>
 *   <li>An incomplete list is rejected. A catalog with more groups than the maximum, or with an
 *       endless list of pages, counts as an outage.
 *   <li>Requests are bounded in total time, in number, and in the length of the response ({@link
 *       io.accesstokens.directory.CatalogConnection}). The bearer token is sent only to the
 *       configured address.
 *   <li>An entity that Backstage marks as an orphan is treated as absent, because its source no
 *       longer contains the entity.
 *   <li>{@code BackstageGroupDirectory} is also a user directory ({@link
 *       io.accesstokens.token.directory.UserDirectory}). A user who is not in the catalog no longer
 *       exists.
 * </ol>
 *
 * <p>The {@code ldap} package reads groups from LDAP.
 *
 * <p>Reasons: {@code src/docs/decisions/0014-one-group-directory.md}.
 */
@NullMarked
package io.accesstokens.directory;

import org.jspecify.annotations.NullMarked;
