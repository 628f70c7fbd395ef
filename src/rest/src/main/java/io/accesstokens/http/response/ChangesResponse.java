package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.verify.ChangeFeed;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of one read of the change feed. Null members are omitted.
 *
 * @param nonce the nonce of the request
 * @param leaseMillis the duration of the lease, in milliseconds. A reader counts the lease from a
 *     time before it sends the request. During the lease, a reader that has applied this page may
 *     use cached verdicts. 0 if there is no lease, or if the page is not complete
 * @param withheld the reason for which there is no lease; null if the store grants a lease
 * @param position the position of a reader that has applied this page; null if the page does not
 *     continue at the reader's position
 * @param lastNumber the number of the last entry in the change feed
 * @param nonceAtPosition the nonce of the entry at the reader's position; null if there is no such
 *     entry. The nonce is a random value. If an entry is lost and a new entry has the same number,
 *     the nonces differ
 * @param entries the entries after the reader's position; without a position, only the last entry
 * @param complete true if there are no further entries
 * @param server the identity of the database server that was read, or "none" if there is no change
 *     feed
 * @param databaseTime the current time of the database server; null if there is no change feed
 */
@JsonbPropertyOrder({
  "nonce",
  "leaseMillis",
  "withheld",
  "position",
  "lastNumber",
  "nonceAtPosition",
  "entries",
  "complete",
  "server",
  "databaseTime"
})
@Schema(name = "Changes")
public record ChangesResponse(
    @Schema(description = "The nonce of the request") String nonce,
    @Schema(
            description =
                "Milliseconds for which verdicts may be used, from before the request"
                    + " was sent; 0: no lease")
        long leaseMillis,
    @Schema(description = "The reason why there is no lease") @Nullable String withheld,
    @Schema(description = "The value of after for the next request") @Nullable String position,
    @Schema(description = "The number of the last entry") long lastNumber,
    @Schema(description = "The current nonce of the entry at the reader's position")
        @Nullable String nonceAtPosition,
    List<Change> entries,
    @Schema(description = "True if there are no more entries now") boolean complete,
    @Schema(description = "The identity of the database server") String server,
    @Schema(format = "date-time", description = "The current time of the database")
        @Nullable String databaseTime)
    implements ResponseBody {

  private static final String NO_FEED =
      "this server has no change feed, so each token is introspected at each use";

  /**
   * A change of the verdict on a token.
   *
   * @param digest the SHA-256 of the raw token, in hexadecimal digits
   * @param kind {@code revoked}, {@code changed}, or a kind that a later version of this service
   *     defines
   */
  @JsonbPropertyOrder({"number", "nonce", "digest", "kind"})
  @Schema(name = "Change")
  public record Change(
      long number,
      String nonce,
      @Schema(description = "The SHA-256 of the raw token, in hexadecimal") String digest,
      @Schema(example = "revoked") String kind) {

    static Change of(ChangeFeed.Entry entry) {
      return new Change(
          entry.number(),
          entry.nonce().hex(),
          HexFormat.of().formatHex(entry.digest().bytes()),
          entry.kind());
    }
  }

  public static ChangesResponse of(
      String nonce, Optional<ChangeFeed.Position> after, ChangeFeed.Page page) {
    return new ChangesResponse(
        nonce,
        page.complete() ? page.lease().toMillis() : 0,
        page.withheld().orElse(null),
        page.positionAfter(after).map(ChangeFeed.Position::text).orElse(null),
        page.lastNumber(),
        page.nonceAtPosition().map(ChangeFeed.EntryNonce::hex).orElse(null),
        page.entries().stream().map(Change::of).toList(),
        page.complete(),
        page.server(),
        ServiceTokenResponses.text(page.databaseTime()));
  }

  public static ChangesResponse withoutFeed(String nonce) {
    return new ChangesResponse(
        nonce, 0, NO_FEED, null, 0, null, List.of(), true, ChangeFeed.NO_SERVER, null);
  }
}
