package io.accesstokens.http.protocol;

import io.accesstokens.http.input.QueryParameters;
import io.accesstokens.http.response.ChangesResponse;
import io.accesstokens.token.revocation.ChangeFeedBroker;
import io.accesstokens.verify.ChangeFeed;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the change feed for a verifier in another process. */
public final class ChangeFeedReader {

  private ChangeFeedReader() {}

  /**
   * Returns the changes after the position in a query.
   *
   * @param feedBroker the change feed; null if there is none
   * @param query the query, as the client sent it; null if there is none
   * @throws io.accesstokens.http.problem.MalformedRequestException if the query is wrong
   */
  public static ChangesResponse read(
      @Nullable ChangeFeedBroker feedBroker, @Nullable String query) {
    QueryParameters parameters = QueryParameters.ofQuery(query);
    String nonce = parameters.nonce();
    Optional<ChangeFeed.Position> after = parameters.position();
    parameters.check();
    return feedBroker == null
        ? ChangesResponse.withoutFeed(nonce)
        : ChangesResponse.of(nonce, after, feedBroker.read(after.orElse(null)));
  }
}
