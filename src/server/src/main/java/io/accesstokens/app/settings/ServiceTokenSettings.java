package io.accesstokens.app.settings;

import io.accesstokens.app.settings.source.Setting;
import io.accesstokens.app.settings.source.SettingName;
import io.accesstokens.token.rotation.SelfRotation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Settings of service tokens. */
public interface ServiceTokenSettings {

  /** Returns the maximum lifetime of a service token in days, inclusive. */
  @Setting(byDefault = "365", min = 1, max = 36_500)
  int maxTokenLifetimeDays();

  /**
   * Returns the lifetime of a service token that is created without an expiry, in days. If absent,
   * the maximum lifetime is used.
   */
  @Setting(min = 1, max = 36_500)
  OptionalInt defaultTokenLifetimeDays();

  /**
   * Returns the scopes in addition to the built-in scopes. The pages show the scopes in this order.
   */
  List<Scope> scopes();

  /** Returns the admins, who have all permissions on all tokens. */
  Grantees admin();

  /** Returns the auditors, who can see all tokens. */
  Grantees auditor();

  /** Returns true if the permissions of this service can be scopes of service tokens. */
  @Setting(byDefault = "false")
  boolean allowTokenManagement();

  /** Returns true if the permission to introspect tokens can be a scope of service tokens. */
  @Setting(byDefault = "false")
  boolean allowIntrospection();

  /**
   * Returns the maximum time for which a verdict about a token may be cached, in seconds; 0 forbids
   * caching.
   */
  @Setting(byDefault = "60", min = 0, max = 86_400)
  int cacheTtlSeconds();

  /** Returns the settings for the rotation of secrets. */
  Rotation rotation();

  /** Settings for the rotation of the secrets of service tokens and personal tokens. */
  interface Rotation {

    /**
     * Returns the default grace period of a rotation, in seconds. The previous secret stays valid
     * for this time. The value is at most {@link #maxGraceSeconds()}.
     */
    @Setting(byDefault = "86400", min = 0, max = 31_536_000)
    int defaultGraceSeconds();

    /** Returns the maximum grace period of a rotation, in seconds. */
    @Setting(byDefault = "2592000", min = 0, max = 31_536_000)
    int maxGraceSeconds();

    /** Returns the mode of the self-rotation of service tokens. */
    @Setting(byDefault = "off")
    SelfRotationMode self();

    /** Determines whether service tokens can rotate themselves. */
    enum SelfRotationMode implements SettingName {
      /** Service tokens cannot rotate themselves. */
      OFF("off", SelfRotation.OFF),
      /** A service token can rotate itself, but its expiry cannot become later. */
      KEEP_EXPIRY("keepExpiry", SelfRotation.KEEP_EXPIRY),
      /** A service token can rotate itself, and its lifetime starts again. */
      RENEW("renew", SelfRotation.RENEW);

      private final String settingName;
      private final SelfRotation rule;

      SelfRotationMode(String settingName, SelfRotation rule) {
        this.settingName = settingName;
        this.rule = rule;
      }

      @Override
      public String settingName() {
        return settingName;
      }

      /** Returns the rule that this mode sets for self-rotations. */
      SelfRotation rule() {
        return rule;
      }
    }
  }

  /** A configured scope. All three settings are required. */
  interface Scope {

    /** Returns the identifier of the scope, which is a scope-token (RFC 6749, section 3.3). */
    String id();

    /** Returns a sentence that describes what the scope allows. */
    String description();

    /** Returns the part of the platform to which the scope belongs. */
    String plugin();
  }

  /** The users who receive a permission. Users are named individually, by a group, or by a role. */
  interface Grantees {

    /** Returns the entity refs of individual users, for example {@code user:default/alice}. */
    Optional<List<String>> userEntityRefs();

    /**
     * Returns the entity refs of groups. The members of these groups receive the permission. An
     * example is {@code group:default/platform}.
     */
    Optional<List<String>> groupEntityRefs();

    /**
     * Returns the names of roles in the servlet container. Users with one of these roles receive
     * the permission. This setting is allowed only if {@link LoginSettings#container()} is true.
     */
    Optional<List<String>> roles();
  }
}
