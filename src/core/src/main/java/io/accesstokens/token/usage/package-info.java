/**
 * Counts uses of tokens in memory, and reports on all service tokens together.
 *
 * <ol>
 *   <li>Accepted and refused uses of known tokens are counted without I/O ({@link
 *       io.accesstokens.token.usage.UsageRecorder}). {@link
 *       io.accesstokens.token.revocation.BackgroundWork} writes the counts. Counts are lost only in
 *       a crash, at a stop while the store cannot be reached, or when the memory limit of the
 *       recorder is reached.
 *   <li>Daily uses are kept for {@value io.accesstokens.token.DailyUsage#KEPT_DAYS} days. There are
 *       no separate counts for each scope. If a verifier names the scopes that it needs, the last
 *       time of each scope is recorded. If the outcome of a write is unknown, the same counts are
 *       written again.
 *   <li>The uses of service tokens are also counted by client ({@link
 *       io.accesstokens.token.TokenCaller}). The number of clients is bounded for each secret, and
 *       in total. A client is kept for {@value io.accesstokens.token.TokenCaller#KEPT_DAYS} days
 *       after its last use. Refused uses never displace clients with accepted uses.
 *   <li>{@link io.accesstokens.token.usage.TokenReports} reports on all service tokens together. If
 *       the actor's permission is limited to some groups, the query of the store selects only the
 *       tokens of these groups. If a count of many tokens is slow, a background thread counts all
 *       tokens. A caller gets only the numbers of the groups that the caller may read.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0008-usage-counts.md} and {@code
 * 0033-counts-of-many-tokens.md}.
 */
@NullMarked
package io.accesstokens.token.usage;

import org.jspecify.annotations.NullMarked;
