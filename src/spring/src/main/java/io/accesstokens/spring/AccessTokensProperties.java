package io.accesstokens.spring;

import io.accesstokens.auth.remote.RemoteTokenVerifier;
import io.accesstokens.auth.remote.VerifierCredential;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Settings of an application that accepts raw tokens. Contains a secret. */
@ConfigurationProperties(AccessTokensProperties.PREFIX)
final class AccessTokensProperties {

  static final String PREFIX = "access-tokens";

  private static final String ACTION =
      "Set access-tokens.url to the https address of the access-tokens service, and"
          + " access-tokens.token to a raw token with the scope access-tokens:introspect."
          + " If the network has other encryption, set access-tokens.allow-plain-http=true.";

  /** Address of the access-tokens service, such as https://tokens.example.com. */
  private final @Nullable String url;

  /** Path of the API below the address. An embedded service has the path of its application. */
  private final String apiPath;

  /** Raw token of this application, with the scope access-tokens:introspect. A secret. */
  private final @Nullable String token;

  /**
   * True to allow raw tokens over plain HTTP to a host that is not a loopback address. Only for a
   * network with other encryption.
   */
  private final boolean allowPlainHttp;

  /** Timeout for opening a connection to the service. */
  private final Duration connectTimeout;

  /** Timeout for the whole response of the service. */
  private final Duration timeout;

  /**
   * Maximum time for which facts of a token are cached. Revocations take effect without this delay.
   */
  private final Duration cacheTtl;

  /** True to accept personal tokens in addition to service tokens. */
  private final boolean personalTokens;

  /**
   * True to leave bearer credentials that do not begin like a raw token, such as JWTs, to other
   * filters. False to refuse these credentials with 401.
   */
  private final boolean passOtherBearers;

  AccessTokensProperties(
      @Nullable String url,
      @DefaultValue("/api") String apiPath,
      @Nullable String token,
      @DefaultValue("false") boolean allowPlainHttp,
      @DefaultValue("2s") Duration connectTimeout,
      @DefaultValue("5s") Duration timeout,
      @DefaultValue("60s") Duration cacheTtl,
      @DefaultValue("true") boolean personalTokens,
      @DefaultValue("false") boolean passOtherBearers) {
    this.url = url;
    this.apiPath = apiPath;
    this.token = token;
    this.allowPlainHttp = allowPlainHttp;
    this.connectTimeout = connectTimeout;
    this.timeout = timeout;
    this.cacheTtl = cacheTtl;
    this.personalTokens = personalTokens;
    this.passOtherBearers = passOtherBearers;
  }

  /** Returns true if personal tokens are accepted. */
  boolean personalTokens() {
    return personalTokens;
  }

  /** Returns true if bearer credentials that are no raw tokens are left to other filters. */
  boolean passOtherBearers() {
    return passOtherBearers;
  }

  /** Returns true if a text contains the raw token of this application. */
  boolean isTokenIn(String text) {
    return token != null && !token.isBlank() && text.contains(token.strip());
  }

  /**
   * Returns a builder of a verifier with these settings.
   *
   * @throws AccessTokensStartException if a property is missing or malformed; the message never
   *     contains the token
   */
  RemoteTokenVerifier.Builder verifier() {
    String address = required("url", url);
    String rawToken = required("token", token);
    URI service = valid("url", () -> uri(address));
    VerifierCredential credential = valid("token", () -> VerifierCredential.token(rawToken));
    RemoteTokenVerifier.Builder builder = RemoteTokenVerifier.builder(service, () -> credential);
    if (allowPlainHttp) {
      builder.allowPlainHttp();
    }
    valid("api-path", () -> builder.apiPath(apiPath));
    valid("connect-timeout", () -> builder.connectTimeout(connectTimeout));
    valid("timeout", () -> builder.timeout(timeout));
    return valid("cache-ttl", () -> builder.cacheTtl(cacheTtl));
  }

  private static String required(String name, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw refused(name, "is missing");
    }
    return value.strip();
  }

  private static URI uri(String address) {
    try {
      return URI.create(address);
    } catch (IllegalArgumentException e) {
      // The message of this exception quotes the address, which may hold a password.
      throw new IllegalArgumentException("the address is malformed");
    }
  }

  /**
   * Returns the result of an action that uses the value of a property.
   *
   * @throws AccessTokensStartException if the action refuses the value with an {@code
   *     IllegalArgumentException}
   */
  static <T> T valid(String name, Supplier<T> action) {
    try {
      return action.get();
    } catch (IllegalArgumentException e) {
      throw refused(name, "is wrong: " + e.getMessage());
    }
  }

  private static AccessTokensStartException refused(String name, String problem) {
    return new AccessTokensStartException(PREFIX + '.' + name + ' ' + problem, ACTION);
  }

  /** Returns a text without the token. */
  @Override
  public String toString() {
    return "AccessTokensProperties[redacted]";
  }
}
