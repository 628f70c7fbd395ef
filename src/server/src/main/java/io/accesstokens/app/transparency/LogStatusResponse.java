package io.accesstokens.app.transparency;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.http.response.ServiceTokenResponses;
import io.accesstokens.log.LogArchive;
import io.accesstokens.transparency.LogMonitor;
import io.accesstokens.transparency.LogStatus;
import io.accesstokens.transparency.delivery.Cosignatures;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of the transparency log. */
@JsonbNillable
@JsonbPropertyOrder({
  "origin",
  "size",
  "verifiedSize",
  "verifiedAt",
  "waiting",
  "waitingIsLowerBound",
  "lagSeconds",
  "late",
  "damage",
  "witnesses",
  "firstIndex",
  "archivedUntil"
})
@Schema(name = "LogStatus", description = "The state of the transparency log")
public record LogStatusResponse(
    @Schema(description = "The name of the log") @Nullable String origin,
    @Schema(description = "The number of entries") long size,
    @Schema(
            description =
                "The number of entries of the largest checkpoint that the responding process has"
                    + " verified")
        long verifiedSize,
    @Schema(
            description =
                "The time at which the responding process last verified the log; null if it has not"
                    + " verified the log yet",
            format = "date-time")
        @Nullable String verifiedAt,
    @Schema(description = "The number of events that are not in the log yet") int waiting,
    @Schema(description = "True if waiting is a lower bound, because there are more such events")
        boolean waitingIsLowerBound,
    @Schema(
            description =
                "The time for which the oldest of these events has waited, in seconds; 0 if there is none")
        long lagSeconds,
    @Schema(description = "True if one of these events has waited for more than a minute")
        boolean late,
    @Schema(description = "The damage of the stored log; null if no damage is known")
        @Nullable String damage,
    @Schema(description = "The configured witnesses, in the order of the settings")
        List<Witness> witnesses,
    @Schema(
            description =
                "The index of the first entry that was not moved to an archive; 0 if there is no"
                    + " archive")
        long firstIndex,
    @Schema(
            description =
                "The time of the newest event in an archive; null if there is no archive. The"
                    + " audit log can lack events of this time and of earlier times",
            format = "date-time")
        @Nullable String archivedUntil)
    implements ResponseBody {

  /** A witness that cosigns checkpoints. */
  @JsonbNillable
  @JsonbPropertyOrder({"name", "size", "cosignedAt", "problem", "forked"})
  @Schema(name = "LogWitness", description = "A witness that cosigns checkpoints")
  public record Witness(
      @Schema(description = "The name of the key of the witness") String name,
      @Schema(
              description =
                  "The number of entries of the latest checkpoint that the witness has cosigned")
          long size,
      @Schema(
              description = "The time of the latest cosignature of the witness",
              format = "date-time")
          @Nullable String cosignedAt,
      @Schema(description = "The error of the last call of the witness; null if the call succeeded")
          @Nullable String problem,
      @Schema(description = "True if the witness has seen another history of the log")
          boolean forked) {

    private static Witness of(Cosignatures.Witness witness) {
      return new Witness(
          witness.name(),
          witness.size(),
          ServiceTokenResponses.textOrNull(witness.cosignedAt()),
          witness.problem(),
          witness.forked());
    }
  }

  static LogStatusResponse of(LogStatus status, List<Cosignatures.Witness> witnesses) {
    LogArchive archive = status.archive();
    return new LogStatusResponse(
        status.origin(),
        status.size(),
        status.verifiedSize(),
        ServiceTokenResponses.textOrNull(status.verifiedAt()),
        status.backlog().events(),
        status.backlog().events() >= LogMonitor.MAX_COUNT,
        status.lag().toSeconds(),
        status.isLate(),
        status.damage(),
        witnesses.stream().map(Witness::of).toList(),
        status.firstIndex(),
        ServiceTokenResponses.textOrNull(archive == null ? null : archive.newest()));
  }
}
