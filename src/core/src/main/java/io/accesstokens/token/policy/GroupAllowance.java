package io.accesstokens.token.policy;

import io.accesstokens.token.query.BoundedCount;

/**
 * The limits of a group, as a caller who can create its tokens sees them.
 *
 * @param limits the limits on a new token; its scopes are those that the caller may give
 * @param liveTokens the number of unrevoked, unexpired tokens of the group
 */
public record GroupAllowance(GroupLimits limits, BoundedCount liveTokens) {}
