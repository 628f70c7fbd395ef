package io.accesstokens.app.settings;

import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The section {@code policy}: who may do what, and what may be issued. */
public interface PolicySettings {

  /** Whether members of a group may do everything with its tokens. */
  @WithDefault("true")
  boolean ownGroups();

  /** Whether everybody has the permissions on personal tokens of their own. */
  @WithDefault("true")
  boolean personalTokens();

  /** Whether a role that is called like a permission gives it, on all groups. */
  @WithDefault("true")
  boolean permissionRoles();

  /** Rules that give permissions, beside the others; their order is without effect. */
  List<Grant> grants();

  /** Limits on new tokens; of several that apply, all hold. */
  List<Limit> limits();

  /** A rule: who has which permissions, where. */
  interface Grant {

    /** Names of permissions, at least one. */
    Optional<List<String>> permissions();

    /** For example {@code user:default/alice}. */
    Optional<List<String>> users();

    /** For example {@code group:default/platform}; its members are meant. */
    Optional<List<String>> groups();

    /** Names of the servlet container's roles; needs {@link Settings.Login#container()}. */
    Optional<List<String>> roles();

    /** {@code all} (so, too, when absent), {@code own-groups}, or refs of groups. */
    Optional<List<String>> onGroups();
  }

  /** A limit; at least one of what is limited. */
  interface Limit {

    /** The groups for which it holds; absent: for all. */
    Optional<List<String>> groups();

    /** The groups for which it does not hold, instead. */
    Optional<List<String>> exceptGroups();

    /** The longest life of a new service token in days, inclusive. */
    @Bounds(min = 1, max = 36_500)
    OptionalInt maxLifetimeDays();

    /** The only scopes that a new service token can have. */
    Optional<List<String>> allowedScopes();

    /** How many service tokens of a group are neither revoked nor expired, at most. */
    @Bounds(min = 1, max = 10_000)
    OptionalInt maxLiveTokensPerGroup();

    /** How many personal tokens of a user are neither revoked nor expired, at most. */
    @Bounds(min = 1, max = 10_000)
    OptionalInt maxLiveTokensPerUser();

    /** What must be found in a new service token's description: a regular expression of RE2. */
    Optional<String> descriptionPattern();

    /** What that asks for, in words that follow "the description". */
    Optional<String> descriptionHint();
  }
}
