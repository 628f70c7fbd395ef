/**
 * Notices about tokens: mails and webhooks that report changes and expiries.
 *
 * <ol>
 *   <li>A change of a token writes its notice in its own transaction. A daily job writes the
 *       notices about expiry. Each notice has a unique key, so that replicas write each notice
 *       once.
 *   <li>A delivery sends one or more notices to one recipient. A webhook delivery contains one
 *       notice. A mail delivery contains all notices of a day for one mail address.
 *   <li>A replica claims a delivery for a limited time before it sends the delivery. If the replica
 *       ends before it has recorded the result, another replica sends the delivery again after this
 *       time. So a crash repeats at most the deliveries that were being sent.
 *   <li>The clocks of the replicas must differ by less than a minute. Claims, days and times of
 *       attempts that only a wrong clock can have written are ignored.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0022-notices.md}.
 */
@NullMarked
package io.accesstokens.notice;

import org.jspecify.annotations.NullMarked;
