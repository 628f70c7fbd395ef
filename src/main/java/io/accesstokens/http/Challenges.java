package io.accesstokens.http;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;

/** Says how a caller can authenticate: the values of {@code WWW-Authenticate} of a 401. */
@FunctionalInterface
public interface Challenges {

  /**
   * The challenges for one request, e.g. no Basic for a page's script, lest the browser prompts.
   *
   * @param headers the request's
   * @return at least one, each a value of {@code WWW-Authenticate} (RFC 9110, section 11.6.1)
   */
  List<String> forRequest(HttpHeaders headers);
}
