/**
 * Loads and validates the settings, and derives the configuration from these settings.
 *
 * <p>Sources and values:
 *
 * <ul>
 *   <li>{@link io.accesstokens.app.settings.Settings} and the interfaces of its sections are the
 *       only list of names, types and defaults. The package {@code app.settings.source} implements
 *       these interfaces with the values from the sources. The names in files and environment
 *       variables are derived from the interfaces. Only the commented sample file repeats the
 *       names, and a test compares the file with the interfaces.
 *   <li>The sources, in descending priority, are the command line, system properties, environment
 *       variables, the file, and the defaults. The sources are the same in every container. The
 *       MicroProfile Config of the container is not used.
 *   <li>Names are {@code accessTokens.port} in system properties and {@code ACCESSTOKENS_PORT} in
 *       environment variables, by the mapping of MicroProfile Config.
 *   <li>The setting {@code accessTokens.configFile} contains the path of the settings file. Any
 *       source except the file can contain this setting. The file must exist. Without the setting,
 *       {@code config/access-tokens.yaml} in the base directory is read if that file exists.
 *   <li>The file is UTF-8, at most 1 MiB, and one YAML document. Either all keys or no keys are
 *       below {@code accessTokens}.
 *   <li>A blank value counts as absent. Therefore, the value of the next source applies. If the
 *       absence of a list means that nothing is restricted, an empty list or a blank value is an
 *       error.
 *   <li>All elements of a list come from one source. A list in a higher source replaces the list in
 *       a lower source, and lists are never merged.
 *   <li>A list of texts can also be one text with commas. A comma after a backslash belongs to the
 *       element.
 *   <li>Values are used unchanged. There are no variables and no profiles.
 *   <li>Relative paths are resolved against the base directory, in every source. For {@code java
 *       -jar} and Payara Micro, the base directory is the working directory. In other servlet
 *       containers, the base directory is the directory of the server's instance.
 * </ul>
 *
 * <p>Errors:
 *
 * <ul>
 *   <li>All errors are reported together ({@link
 *       io.accesstokens.app.settings.InvalidSettingsException}). Each error is one line with the
 *       location of the setting.
 *   <li>Unknown keys in the file and on the command line are errors. Unknown system properties and
 *       environment variables are ignored, because other programs also set properties and
 *       variables. Unknown names with the prefix of this application cause a warning.
 *   <li>No line contains a value, because an operator can enter a secret in the wrong setting.
 * </ul>
 *
 * <p>Design decisions:
 *
 * <ul>
 *   <li>In-memory storage together with a database is an error. There is no priority between the
 *       two.
 *   <li>A password in a JDBC URL is an error, because URLs are written to logs.
 *   <li>A URL of H2 is completed with required parameters. Without these parameters, migrations
 *       fail or confirmed changes can be lost.
 *   <li>A container's realm and a users file exclude each other. With two sources, an operator
 *       could remove a user from only one source.
 *   <li>Roles need a container's realm, because no other login method gives users roles.
 *   <li>A users file beside an LDAP server is allowed, for a few accounts that work during an
 *       outage of the server. Each name and each user belongs either to the file or to the LDAP
 *       server.
 *   <li>The sample users have their sample grants only while no admin is configured. Any other
 *       source of users also ends the sample grants, because a real user may have the name of a
 *       sample user.
 *   <li>All rules that give permissions, including the default rules, become one list of named
 *       grants. Therefore, one function decides about requests and explains its decisions.
 *   <li>Grants have no wildcards. Otherwise an existing setting would give a permission that a
 *       later version adds.
 *   <li>A pattern for descriptions is an RE2 pattern ({@link
 *       io.accesstokens.app.settings.CreationLimitRules}).
 * </ul>
 *
 * <p>Settings do not change while the application runs, except secrets in files: the file is read
 * again for each use of its secret. For any other file in the settings, this package only verifies
 * that the file can be read, except that it reads the certificates for a syslog server.
 */
@NullMarked
package io.accesstokens.app.settings;

import org.jspecify.annotations.NullMarked;
