package io.accesstokens.notice;

import io.accesstokens.token.query.ListPosition;
import io.accesstokens.verify.EntityRef;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Selects a page of the notices about service tokens, newest first.
 *
 * @param groups selects only tokens of these groups; empty for all groups
 * @param tokenId selects only notices about this token; empty for all tokens
 * @param after selects only notices after this position; empty for the first page
 * @param limit the maximum number of notices, not negative
 */
public record NoticeQuery(
    Optional<Set<EntityRef>> groups,
    Optional<UUID> tokenId,
    Optional<ListPosition> after,
    int limit) {}
