package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Setting;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The section {@code policy} of the settings: additional grants, and limits on new tokens. */
public interface PolicySettings {

  /** Returns true if members of a group have all permissions on the tokens of that group. */
  @Setting(byDefault = "true")
  boolean ownGroups();

  /** Returns true if every user has the permissions for the user's own personal tokens. */
  @Setting(byDefault = "true")
  boolean personalTokens();

  /** Returns true if a role with the name of a permission gives this permission on all groups. */
  @Setting(byDefault = "true")
  boolean permissionRoles();

  /** Returns additional rules that give permissions. The order of the rules has no effect. */
  List<Grant> grants();

  /** Returns the limits on new tokens. A token must satisfy all limits that apply to the token. */
  List<Limit> limits();

  /** A rule that gives permissions to users, on all groups or on some groups. */
  interface Grant {

    /** Returns the names of the permissions that this rule gives; at least one. */
    Optional<List<String>> permissions();

    /**
     * Returns the entity refs of users who receive the permissions, for example {@code
     * user:default/alice}.
     */
    Optional<List<String>> users();

    /**
     * Returns the entity refs of groups. The members of these groups receive the permissions. An
     * example is {@code group:default/platform}.
     */
    Optional<List<String>> groups();

    /**
     * Returns the names of roles in the servlet container. The users with these roles receive the
     * permissions. Roles require {@link LoginSettings#container()}.
     */
    Optional<List<String>> roles();

    /**
     * Returns the groups on which the rule gives the permissions: {@code all} (the default), {@code
     * own-groups}, or entity refs of groups.
     */
    @Setting(absentMeansAll = true)
    Optional<List<String>> onGroups();
  }

  /** A limit on new tokens. A limit must contain at least one restriction. */
  interface Limit {

    /**
     * Returns the entity refs of groups to which the limit applies. If absent, the limit applies to
     * all groups except {@link #exceptGroups()}.
     */
    @Setting(absentMeansAll = true)
    Optional<List<String>> groups();

    /**
     * Returns the entity refs of groups to which the limit does not apply. A limit must not have
     * both this list and {@link #groups()}.
     */
    Optional<List<String>> exceptGroups();

    /** Returns the maximum lifetime of a new service token in days, inclusive. */
    @Setting(min = 1, max = 36_500)
    OptionalInt maxLifetimeDays();

    /** Returns the scopes that a new service token can have. If absent, there is no restriction. */
    @Setting(absentMeansAll = true)
    Optional<List<String>> allowedScopes();

    /** Returns the maximum number of unrevoked, unexpired service tokens of a group. */
    @Setting(min = 1, max = 10_000)
    OptionalInt maxLiveTokensPerGroup();

    /** Returns the maximum number of unrevoked, unexpired personal tokens of a user. */
    @Setting(min = 1, max = 10_000)
    OptionalInt maxLiveTokensPerUser();

    /**
     * Returns an RE2 regular expression. The description of a new service token must contain a
     * match of this expression.
     */
    Optional<String> descriptionPattern();

    /**
     * Returns an explanation of {@link #descriptionPattern()}. The pages show the explanation after
     * the words "the description".
     */
    Optional<String> descriptionHint();
  }
}
