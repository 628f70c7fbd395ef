package io.accesstokens.http.protocol;

import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.problem.MalformedRequestException;
import io.accesstokens.http.response.SecretHeaders;
import io.accesstokens.token.Actor;
import io.accesstokens.token.ScopeCatalog;
import io.accesstokens.token.policy.PermissionDeniedException;
import io.accesstokens.token.service.ServiceTokenService;
import io.accesstokens.verify.Verification;
import io.accesstokens.verify.VerificationListener;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides for a proxy whether a client's request may pass, and describes the client's token. */
public final class VerifyDecision {

  /**
   * The two forms of the {@code verify} endpoint. They differ in the status of a success and in the
   * query.
   *
   * <p>{@link #ENVOY} is the form for Envoy, which accepts only 200 as success. Envoy appends the
   * path of the client's request to the parameter {@code uri}, which must be the last parameter.
   */
  public enum Form {
    STANDARD(204),
    ENVOY(200);

    /**
     * The name of the query parameter that contains the path of the client's request. Envoy appends
     * this path to the URL of the sub-request.
     */
    private static final String URI_PARAMETER = "uri";

    private final int success;

    Form(int success) {
      this.success = success;
    }

    private QueryParameters parse(@Nullable String query) {
      return this == ENVOY
          ? QueryParameters.ofQueryBefore(URI_PARAMETER, query)
          : QueryParameters.ofQuery(query);
    }
  }

  /**
   * Maximum length of the header with the scopes, in characters. By default, a proxy reads all
   * headers of a response into a buffer of 4 KB.
   */
  private static final int MAX_HEADER_LENGTH = 2_000;

  private VerifyDecision() {}

  /**
   * Returns the response for a client's request that may pass.
   *
   * @param usageListener receives the required scopes of a request that may pass
   * @param actor the authenticated caller
   * @param query returns the query, as the client sent it
   * @throws PermissionDeniedException if the caller used no token, or if the token lacks a scope
   * @throws MalformedRequestException if the query is wrong
   */
  public static ProtocolResponse decide(
      ServiceTokenService tokenService,
      VerificationListener usageListener,
      Actor actor,
      Form form,
      Supplier<@Nullable String> query) {
    Verification.Accepted verified =
        actor
            .credential()
            .orElseThrow(
                () ->
                    new PermissionDeniedException(
                        "", "only requests with an access token may pass"));
    List<String> scopes = form.parse(query.get()).scopes();
    if (scopes.stream().anyMatch(tokenService.rawTokenFormat()::hasPrefix)) {
      // The required scopes are logged and returned. A caller can confuse a raw token with a
      // scope. Therefore this check comes first.
      throw new MalformedRequestException("a raw token is not a scope");
    }
    tokenService.requireScopes(actor, verified, scopes);
    if (!scopes.isEmpty()) {
      usageListener.scopesNeeded(verified, scopes);
    }
    return ProtocolResponse.withoutBody(
        form.success,
        List.of(
            new ProtocolResponse.Header("X-Access-Token-Subject", ascii(verified.subject())),
            new ProtocolResponse.Header("X-Access-Token-Scopes", fitting(verified.scopes())),
            new ProtocolResponse.Header("X-Access-Token-Id", verified.tokenId().toString()),
            new ProtocolResponse.Header(
                SecretHeaders.EXPIRES, SecretHeaders.expiry(verified.expiresAt()))));
  }

  /**
   * Returns the well-formed scopes, separated by spaces. If the text would be too long for a
   * header, omits the last scopes.
   */
  private static String fitting(List<String> scopes) {
    StringBuilder text = new StringBuilder();
    for (String scope : scopes) {
      if (!ScopeCatalog.isScopeToken(scope)) {
        continue; // A host's store can contain a malformed scope.
      }
      if (text.length() + 1 + scope.length() > MAX_HEADER_LENGTH) {
        break;
      }
      text.append(text.isEmpty() ? "" : " ").append(scope);
    }
    return text.toString();
  }

  /**
   * Percent-encodes a text, so that the result contains only visible ASCII characters. The method
   * encodes the percent sign, and the UTF-8 bytes of all characters that are not visible ASCII
   * characters.
   */
  private static String ascii(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7F && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", b));
      }
    }
    return encoded.toString();
  }
}
