package io.accesstokens.login;

import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The {@code WWW-Authenticate} challenges of a 401 (RFC 9110 §11.6.1). Bearer always; Basic (RFC
 * 7617) if it is on and no {@code Sec-Fetch-*} header tells of a browser, which would open its own
 * prompt.
 */
public final class Challenges {

  private static final String BEARER = "Bearer realm=\"access-tokens\"";
  private static final String BASIC = "Basic realm=\"access-tokens\", charset=\"UTF-8\"";

  private final boolean basic;

  /**
   * @param basic whether people may sign in by Basic
   */
  public Challenges(boolean basic) {
    this.basic = basic;
  }

  /** The challenges in an answer to a request with these headers, one header value each. */
  public List<String> forRequest(MultivaluedMap<String, String> headers) {
    return forHeaderNames(headers.keySet());
  }

  List<String> forHeaderNames(Collection<String> names) {
    boolean browser =
        names.stream().anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("sec-fetch-"));
    return basic && !browser ? List.of(BEARER, BASIC) : List.of(BEARER);
  }
}
