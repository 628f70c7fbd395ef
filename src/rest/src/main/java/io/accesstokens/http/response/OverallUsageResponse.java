package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.DailyUsage;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;

/** The daily uses of all service tokens together. */
@JsonbPropertyOrder({"days", "complete"})
@Schema(name = "FleetUsage", description = "The daily uses of all service tokens together")
public record OverallUsageResponse(
    @Schema(
            description =
                "The uses of each day, from the oldest day to today. Can be empty if complete is"
                    + " false")
        List<UsageResponse.Day> days,
    @Schema(
            description =
                "False if there are fewer days than requested, because the service has not yet"
                    + " counted the older ones. A later request returns more days")
        boolean complete)
    implements ResponseBody {

  /**
   * Returns the response to a request for daily uses.
   *
   * @param days the uses of each counted day, from the oldest day to today
   * @param requested the number of days in the request
   */
  public static OverallUsageResponse of(List<DailyUsage> days, int requested) {
    return new OverallUsageResponse(
        days.stream().map(UsageResponse.Day::of).toList(), days.size() == requested);
  }
}
