package io.accesstokens.login.session;

import io.accesstokens.http.problem.ResponseBody;
import io.accesstokens.session.Session;
import io.accesstokens.token.Actor;
import io.accesstokens.verify.EntityRef;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The user of a session and the available login methods.
 *
 * @param signedIn true if the cookie of the request belongs to a valid session
 * @param subject the entity ref of the user; null without a session
 * @param displayName the display name; null without a session
 * @param way the login method of the session: {@code password} or {@code oidc}; null without a
 *     session
 * @param signedInAt the time at which the user last proved their identity, see {@link
 *     Session#signedInAt}; null without a session
 * @param permissions the permissions of the user, as in the response of {@code whoami}; empty
 *     without a session
 * @param ownGroupsOnly those permissions that the user has only for some groups
 * @param groups the groups of the user, in alphabetical order; empty without a session
 * @param ways the available login methods, in display order
 * @param personalTokenExchange true if personal tokens can be exchanged for JWTs; null without a
 *     session
 * @param version the version of the product; null without a session
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
  "ways",
  "personalTokenExchange",
  "version"
})
@Schema(name = "Session", description = "The current session, and the available login methods")
public record SessionResponse(
    boolean signedIn,
    @Schema(example = "user:default/alice") @Nullable String subject,
    @Nullable String displayName,
    @Schema(description = "The login method: password or oidc") @Nullable String way,
    @Schema(format = "date-time", description = "Time of the last sign-in")
        @Nullable String signedInAt,
    List<String> permissions,
    @Schema(description = "The permissions that are limited to some groups")
        List<String> ownGroupsOnly,
    List<String> groups,
    List<LoginMethod> ways,
    @Schema(
            description =
                "True if personal tokens can be exchanged for JWTs; null without a session")
        @Nullable Boolean personalTokenExchange,
    @Schema(description = "The version of the product; null without a session", example = "2.0.0")
        @Nullable String version)
    implements ResponseBody {

  /**
   * A login method.
   *
   * @param id {@code password} or {@code oidc}. For {@code password}, the client sends a POST
   *     request with a name and a password to this resource. For {@code oidc}, the browser opens
   *     {@code href}
   * @param title the display name; null for {@code password}
   * @param href the URL that starts a sign-in, relative to the server; null for {@code password}
   */
  @JsonbPropertyOrder({"id", "title", "href"})
  @Schema(name = "LoginMethod", description = "A login method")
  public record LoginMethod(
      @Schema(allowableValues = {"password", "oidc"}) String id,
      @Schema(description = "For oidc only: the text of the sign-in button") @Nullable String title,
      @Schema(
              description = "For oidc only: the address that starts a sign-in",
              format = "uri-reference")
          @Nullable String href) {

    /** Sign-in with a name and a password. */
    public static final LoginMethod PASSWORD = new LoginMethod("password", null, null);
  }

  static SessionResponse ofAnonymous(List<LoginMethod> loginMethods) {
    return new SessionResponse(
        false, null, null, null, null, List.of(), List.of(), List.of(), loginMethods, null, null);
  }

  static SessionResponse of(
      Actor.Person person,
      Session session,
      List<String> permissions,
      List<String> ownGroupsOnly,
      List<LoginMethod> loginMethods,
      boolean personalTokenExchange,
      String version) {
    return new SessionResponse(
        true,
        person.getName(),
        session.signIn().displayName(),
        OwnSessionsResponse.OwnSession.loginMethodOf(session),
        OwnSessionsResponse.OwnSession.text(session.signedInAt()),
        permissions,
        ownGroupsOnly,
        person.groups().stream().map(EntityRef::toString).sorted().toList(),
        loginMethods,
        personalTokenExchange,
        version);
  }
}
