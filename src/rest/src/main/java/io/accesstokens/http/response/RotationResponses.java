package io.accesstokens.http.response;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.token.AccessToken;
import io.accesstokens.token.PersonalToken;
import io.accesstokens.token.PreviousSecret;
import io.accesstokens.token.ServiceToken;
import io.accesstokens.token.rotation.RotatedToken;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The responses about the secrets of tokens. */
public final class RotationResponses {

  private RotationResponses() {}

  /** The previous secret of a token, for the member {@code previousSecret} of the token. */
  @JsonbNillable
  @JsonbPropertyOrder({"tokenPrefix", "expiresAt", "lastUsedAt", "lastUsedAddress", "usesToday"})
  @Schema(
      name = "PreviousSecret",
      description = "The secret before the latest rotation, while it is still valid")
  public record Previous(
      @Schema(description = "The first 12 characters of the raw token with this secret")
          String tokenPrefix,
      @Schema(format = "date-time") String expiresAt,
      @Schema(
              format = "date-time",
              description = "The last accepted use since the rotation, at most five seconds behind")
          @Nullable String lastUsedAt,
      @Schema(description = "The client address of the last use, if known")
          @Nullable String lastUsedAddress,
      @Schema(description = "The accepted uses on this day of UTC, since the rotation")
          long usesToday) {

    /** Returns the previous secret of a token; null if none is valid at {@code now}. */
    static @Nullable Previous of(AccessToken token, Instant now) {
      return token.previousSecretAt(now).map(secret -> of(secret, now)).orElse(null);
    }

    private static Previous of(PreviousSecret secret, Instant now) {
      return new Previous(
          secret.tokenPrefix(),
          ServiceTokenResponses.text(secret.expiresAt()),
          ServiceTokenResponses.textOrNull(secret.lastUsedAt()),
          secret.lastUsedAddress(),
          secret.usesOn(LocalDate.ofInstant(now, ZoneOffset.UTC)));
    }
  }

  /** The secret that a rotation replaced, and the end of its grace period. */
  @JsonbNillable // on the type, because JSON-B otherwise omits a null member of this type
  @JsonbPropertyOrder({"tokenPrefix", "expiresAt"})
  @Schema(name = "ReplacedSecret", description = "The secret that the rotation replaced")
  public record Replaced(
      @Schema(description = "The first 12 characters of the raw token with this secret")
          String tokenPrefix,
      @Schema(format = "date-time") String expiresAt) {

    static @Nullable Replaced of(AccessToken token, Instant now) {
      return token
          .previousSecretAt(now)
          .map(
              secret ->
                  new Replaced(
                      secret.tokenPrefix(), ServiceTokenResponses.text(secret.expiresAt())))
          .orElse(null);
    }
  }

  /** A rotated token and its new raw token. No other response contains the raw token. */
  private sealed interface Rotated extends ResponseBody {

    @Schema(
        description = "The new secret, shown this once",
        pattern = "^[a-z][a-z0-9]{0,6}_[0-9A-Za-z]{43}$")
    String rawToken();

    @Schema(description = "Null if the previous secret has ended")
    @Nullable Replaced previousSecret();
  }

  @JsonbNillable
  @JsonbPropertyOrder({"token", "rawToken", "previousSecret"})
  @Schema(name = "RotatedServiceToken", description = "A service token with its new secret")
  public record Service(
      ServiceTokenResponses.Token token, String rawToken, @Nullable Replaced previousSecret)
      implements Rotated {

    public static Service of(
        RotatedToken<ServiceToken> rotated, Instant now, Map<EntityRef, String> groupNames) {
      return new Service(
          ServiceTokenResponses.Token.of(rotated.token(), now, groupNames),
          rotated.rawToken().reveal(),
          Replaced.of(rotated.token(), now));
    }

    @Override
    public String toString() {
      return "Service[" + token.id() + ", redacted]";
    }
  }

  @JsonbNillable
  @JsonbPropertyOrder({"token", "rawToken", "previousSecret"})
  @Schema(name = "RotatedPersonalToken", description = "A personal token with its new secret")
  public record Personal(
      PersonalTokenResponses.Token token, String rawToken, @Nullable Replaced previousSecret)
      implements Rotated {

    public static Personal of(RotatedToken<PersonalToken> rotated, Instant now) {
      return new Personal(
          PersonalTokenResponses.Token.of(rotated.token(), now),
          rotated.rawToken().reveal(),
          Replaced.of(rotated.token(), now));
    }

    @Override
    public String toString() {
      return "Personal[" + token.id() + ", redacted]";
    }
  }
}
