package io.accesstokens.login;

import io.accesstokens.http.Answer;
import io.accesstokens.session.Session;
import io.accesstokens.token.Actor;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is in a session, and how people can sign in.
 *
 * @param signedIn whether the request's cookie is of a session that is good
 * @param subject the user's ref; null without a session
 * @param displayName how to address them; null without a session
 * @param way how they signed in: {@code password} or {@code oidc}; null without a session
 * @param signedInAt when they last proved who they are; null without a session
 * @param permissions as {@code whoami} tells them
 * @param ownGroupsOnly those of them that they have on some groups only
 * @param groups to which they belong, in alphabetical order
 * @param ways in which people can sign in, in the order in which to offer them
 */
@JsonbNillable
@JsonbPropertyOrder({
  "signedIn",
  "subject",
  "displayName",
  "way",
  "signedInAt",
  "permissions",
  "ownGroupsOnly",
  "groups",
  "ways"
})
@Schema(name = "Session", description = "Who is in a session, and how people can sign in")
public record SessionResponse(
    @Schema(requiredMode = RequiredMode.REQUIRED) boolean signedIn,
    @Schema(
            types = {"string", "null"},
            example = "user:default/alice",
            requiredMode = RequiredMode.REQUIRED)
        @Nullable String subject,
    @Schema(
            types = {"string", "null"},
            requiredMode = RequiredMode.REQUIRED)
        @Nullable String displayName,
    @Schema(
            types = {"string", "null"},
            description = "How they signed in: password or oidc",
            requiredMode = RequiredMode.REQUIRED)
        @Nullable String way,
    @Schema(
            types = {"string", "null"},
            format = "date-time",
            description = "When they last proved who they are",
            requiredMode = RequiredMode.REQUIRED)
        @Nullable String signedInAt,
    @Schema(requiredMode = RequiredMode.REQUIRED) List<String> permissions,
    @Schema(
            description = "Those permissions that are limited to some groups",
            requiredMode = RequiredMode.REQUIRED)
        List<String> ownGroupsOnly,
    @Schema(requiredMode = RequiredMode.REQUIRED) List<String> groups,
    @Schema(requiredMode = RequiredMode.REQUIRED) List<Way> ways)
    implements Answer {

  /**
   * A way to sign in.
   *
   * @param id {@code password}: POST a name and a password here; {@code oidc}: have the browser go
   *     to {@code href}
   * @param title what to call it; only of {@code oidc}
   * @param href relative to the server; only of {@code oidc}
   */
  @JsonbPropertyOrder({"id", "title", "href"})
  @Schema(name = "SignInWay", description = "A way to sign in")
  public record Way(
      @Schema(
              allowableValues = {"password", "oidc"},
              requiredMode = RequiredMode.REQUIRED)
          String id,
      @Schema(description = "Of oidc only") @Nullable String title,
      @Schema(description = "Of oidc only: where the browser goes", format = "uri-reference")
          @Nullable String href) {

    /** By a name and a password. */
    public static final Way PASSWORD = new Way("password", null, null);
  }

  static SessionResponse ofNobody(List<Way> ways) {
    return new SessionResponse(
        false, null, null, null, null, List.of(), List.of(), List.of(), ways);
  }

  static SessionResponse of(
      Actor.Person person,
      Session session,
      List<String> permissions,
      List<String> ownGroupsOnly,
      List<Way> ways) {
    return new SessionResponse(
        true,
        person.getName(),
        session.signIn().displayName(),
        OwnSessionsResponse.OwnSession.wayOf(session),
        OwnSessionsResponse.OwnSession.text(session.signedInAt()),
        permissions,
        ownGroupsOnly,
        person.groups().stream().map(EntityRef::toString).sorted().toList(),
        ways);
  }
}
