/**
 * Loads and validates the settings, and derives the configuration from them.
 *
 * <p>Sources and values:
 *
 * <ul>
 *   <li>{@link io.accesstokens.app.settings.Settings} is the only list of names, types and
 *       defaults. The package {@code source} implements it with the values of the sources. The
 *       names in files and variables are derived from it. Only the commented sample file repeats
 *       them, and a test compares the two.
 *   <li>The sources, highest first, are the command line, system properties, environment variables,
 *       the file, and the defaults. Names are {@code accessTokens.port} in system properties and
 *       {@code ACCESSTOKENS_PORT} in environment variables, by the mapping of MicroProfile Config.
 *       The sources are the same in every container. The MicroProfile Config of the container is
 *       neither read nor changed.
 *   <li>The setting {@code accessTokens.configFile} names the file, which must then exist. Any
 *       source except the file can have that setting. Without it, {@code config/access-tokens.yaml}
 *       in the base directory is read, if it exists.
 *   <li>The file is UTF-8, at most 1 MiB, and one YAML document. Its keys are either all at the top
 *       or all below {@code accessTokens}.
 *   <li>A blank value is ignored, as if it were absent, so the next source applies.
 *   <li>A list comes as a whole from one source. A higher source replaces it, and lists are never
 *       merged. A list of texts can also be one text with commas. A backslash before a comma keeps
 *       it in the element.
 *   <li>Values are used unchanged. There are no variables and no profiles.
 *   <li>Relative paths are relative to the base directory, in every source. For {@code java -jar}
 *       and Payara Micro that is the working directory. In a servlet container it is the directory
 *       of the server's instance, because the working directory there depends on how the server was
 *       started.
 * </ul>
 *
 * <p>Errors:
 *
 * <ul>
 *   <li>All errors are reported at once ({@link
 *       io.accesstokens.app.settings.InvalidSettingsException}). There is one line for each, with
 *       the location of the setting.
 *   <li>Unknown keys in the file and on the command line are errors. Unknown system properties and
 *       environment variables are ignored, because other programs set them, too. Those with our
 *       prefix cause a warning.
 *   <li>No line contains a value, because it may be a secret in the wrong setting.
 * </ul>
 *
 * <p>Design decisions:
 *
 * <ul>
 *   <li>In-memory storage together with a database is an error. There is no priority between the
 *       two, because either choice would surprise some operators.
 *   <li>A password in a JDBC URL is an error, because URLs are written to logs.
 *   <li>A URL of H2 is completed with required parameters. Without them, migrations fail or
 *       confirmed changes can be lost.
 *   <li>A container's realm and a users file exclude each other. With two sources, a user who is
 *       removed from one could still sign in by the other.
 *   <li>Roles need a container's realm, because no other login method gives users roles.
 *   <li>A users file beside an LDAP server is allowed, for a few accounts that work during an
 *       outage of the server. Each name and each user belongs to one of the two.
 *   <li>The sample users have their sample grants only while no admin is configured. Any other
 *       source of users also ends the grants, because a real user may have the name of a sample
 *       user.
 *   <li>All rules that give permissions, including the default rules, become one list of named
 *       grants. So one function decides and can explain its decision.
 *   <li>Grants have no wildcards. A setting of today must not give a permission that is added
 *       later.
 *   <li>A pattern for descriptions is an RE2 pattern ({@link
 *       io.accesstokens.app.settings.LimitRules}). With {@code java.util.regex}, 500 characters
 *       chosen by a caller can keep a thread busy forever, and a smaller bound is not practical.
 * </ul>
 *
 * <p>Out of scope: changing settings while the application runs, and reading the files that
 * settings name. Only secrets are read from files here. For other files, this package only verifies
 * that they can be read.
 */
@NullMarked
package io.accesstokens.app.settings;

import org.jspecify.annotations.NullMarked;
