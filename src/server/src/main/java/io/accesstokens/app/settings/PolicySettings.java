package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Setting;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The section {@code policy}: additional grants, and limits on new tokens. */
public interface PolicySettings {

  /** Returns true if members of a group have all permissions on its tokens. */
  @Setting(byDefault = "true")
  boolean ownGroups();

  /** Returns true if all users have the permissions on their own personal tokens. */
  @Setting(byDefault = "true")
  boolean personalTokens();

  /** Returns true if a role with the name of a permission gives that permission on all groups. */
  @Setting(byDefault = "true")
  boolean permissionRoles();

  /** Returns additional rules that give permissions. Their order has no effect. */
  List<Grant> grants();

  /** Returns the limits on new tokens. If several apply to a token, it must satisfy all. */
  List<Limit> limits();

  /** A rule that gives permissions to users, on all groups or some. */
  interface Grant {

    /** Returns the names of permissions; at least one. */
    Optional<List<String>> permissions();

    /** Returns the users, for example {@code user:default/alice}. */
    Optional<List<String>> users();

    /**
     * Returns the groups whose members receive the permissions, for example {@code
     * group:default/platform}.
     */
    Optional<List<String>> groups();

    /**
     * Returns the names of the servlet container's roles; requires {@link
     * Settings.Login#container()}.
     */
    Optional<List<String>> roles();

    /** Returns {@code all} (the default), {@code own-groups}, or refs of groups. */
    Optional<List<String>> onGroups();
  }

  /** A limit on new tokens. At least one restriction is required. */
  interface Limit {

    /** Returns the groups to which the limit applies; if absent, all groups. */
    Optional<List<String>> groups();

    /** Returns the groups to which the limit does not apply, instead of {@link #groups()}. */
    Optional<List<String>> exceptGroups();

    /** Returns the maximum lifetime of a new service token in days, inclusive. */
    @Setting(min = 1, max = 36_500)
    OptionalInt maxLifetimeDays();

    /** Returns the only scopes that a new service token can have. */
    Optional<List<String>> allowedScopes();

    /**
     * Returns the maximum number of service tokens of a group that are neither revoked nor expired.
     */
    @Setting(min = 1, max = 10_000)
    OptionalInt maxLiveTokensPerGroup();

    /**
     * Returns the maximum number of personal tokens of a user that are neither revoked nor expired.
     */
    @Setting(min = 1, max = 10_000)
    OptionalInt maxLiveTokensPerUser();

    /**
     * Returns the RE2 regular expression that must match a part of a new service token's
     * description.
     */
    Optional<String> descriptionPattern();

    /**
     * Returns an explanation of the pattern. The pages show it after the words "the description".
     */
    Optional<String> descriptionHint();
  }
}
