package io.accesstokens.login;

import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Creates the {@code WWW-Authenticate} challenges of a 401 response (RFC 9110, section 11.6.1).
 * Bearer is always included. Basic (RFC 7617) is included only if Basic is enabled and the request
 * has no {@code Sec-Fetch-*} header. Browsers send these headers, and would open their own password
 * prompt for a Basic challenge.
 */
public final class Challenges {

  private static final String BEARER = "Bearer realm=\"access-tokens\"";
  private static final String BASIC = "Basic realm=\"access-tokens\", charset=\"UTF-8\"";

  private final boolean basic;

  /**
   * Creates an instance.
   *
   * @param basic true if users can sign in by HTTP Basic
   */
  public Challenges(boolean basic) {
    this.basic = basic;
  }

  /**
   * Returns the challenges for a request with the given headers. Each element is the value of one
   * {@code WWW-Authenticate} header.
   */
  public List<String> forRequest(MultivaluedMap<String, String> headers) {
    return forHeaderNames(headers.keySet());
  }

  public List<String> forHeaderNames(Collection<String> names) {
    boolean browser =
        names.stream().anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("sec-fetch-"));
    return basic && !browser ? List.of(BEARER, BASIC) : List.of(BEARER);
  }
}
