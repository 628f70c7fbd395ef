package io.accesstokens.token;

/**
 * What may still be issued for a group.
 *
 * @param limits what a new token may look like; of the scopes, those that who asks may give
 * @param liveTokens how many tokens the group has that are neither revoked nor expired
 */
public record GroupAllowance(GroupLimits limits, BoundedCount liveTokens) {}
