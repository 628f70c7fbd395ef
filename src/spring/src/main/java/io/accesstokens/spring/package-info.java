/**
 * Makes a servlet application on Spring Boot accept raw tokens of an access-tokens service.
 *
 * <p>The application sets {@code access-tokens.url} and {@code access-tokens.token}. Without a
 * {@code SecurityFilterChain} of the application, every request then needs a valid token. A chain
 * of the application applies {@link io.accesstokens.spring.AccessTokensConfigurer}.
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>A request with a raw token acts as this token only. A session or another credential of the
 *       request has no effect.
 *   <li>The scopes of the token become authorities, such as {@code SCOPE_catalog:read}. The
 *       principal is a {@link io.accesstokens.auth.TokenPrincipal}, as in Jakarta REST
 *       applications.
 *   <li>Every refused token gets the same 401 response. An outage leads to 503, never to 401.
 *   <li>The package adds no {@code AuthenticationProvider} bean. With such a bean, Spring Security
 *       would ignore the {@code UserDetailsService} of an application.
 *   <li>Only classes of Spring Boot with the same name in versions 3 and 4 are used, except in the
 *       two configurations of the health indicator. Each of these configurations is loaded only
 *       with its own version.
 * </ol>
 */
@NullMarked
package io.accesstokens.spring;

import org.jspecify.annotations.NullMarked;
