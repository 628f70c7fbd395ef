/**
 * Restarts replicas one after the other behind a load balancer, while clients send requests. No
 * request may fail.
 *
 * <ul>
 *   <li>The balancer is HAProxy. It checks {@code /health/ready}, and never repeats a request.
 *   <li>Clients send requests at a fixed rate, whether earlier requests are complete or not. One in
 *       twenty creates a token, and all others verify one.
 *   <li>The build runs a short form. {@code src/bench/rolling} runs a longer form.
 * </ul>
 */
@NullMarked
package io.accesstokens.it.rolling;

import org.jspecify.annotations.NullMarked;
