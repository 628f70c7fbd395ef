/**
 * Notices about tokens: mails and webhooks that report changes and expiries.
 *
 * <ol>
 *   <li>The notice about a change of a token is written in the transaction of the change. A daily
 *       job writes the notices about expiry. Each notice has a unique key. Therefore several
 *       replicas never write the same notice twice.
 *   <li>A delivery sends one or more notices to one recipient. A webhook delivery contains one
 *       notice. A mail delivery contains all notices of a day for one mail address.
 *   <li>A replica claims a delivery for a limited time before it sends the delivery. If the replica
 *       ends before it has recorded the result, another replica sends the delivery again after the
 *       end of the claim. A crash can repeat only the deliveries that were being sent.
 *   <li>The clocks of the replicas must differ by less than a minute. Claims, days and attempt
 *       times that are too far in the future come from a wrong clock, and are ignored.
 * </ol>
 *
 * <p>Reasons: {@code src/docs/decisions/0022-notices.md}.
 */
@NullMarked
package io.accesstokens.notice;

import org.jspecify.annotations.NullMarked;
