package io.accesstokens.token.policy;

import io.accesstokens.token.query.BoundedCount;

/**
 * The limits of a group, as shown to a caller who can create tokens of the group.
 *
 * @param limits the limits on a new token, with only the scopes that the caller may grant to a
 *     token
 * @param liveTokens the number of unrevoked, unexpired tokens of the group
 */
public record GroupAllowance(GroupLimits limits, BoundedCount liveTokens) {}
