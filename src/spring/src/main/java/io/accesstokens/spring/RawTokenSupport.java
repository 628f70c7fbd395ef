package io.accesstokens.spring;

import org.springframework.security.authentication.AuthenticationManager;

/**
 * The parts that all security filter chains of an application share.
 *
 * @param manager verifies raw tokens, and no other credentials
 * @param filter authenticates requests. The filter is no bean, because Spring Boot would register a
 *     bean for all requests.
 * @param responses writes error responses
 */
record RawTokenSupport(
    AuthenticationManager manager, RawTokenFilter filter, BearerResponses responses) {}
