/**
 * The settings: where they come from, what they may be, and what follows from them.
 *
 * <ol>
 *   <li>{@link io.accesstokens.app.settings.Settings} is the one list of names, types and defaults.
 *       What is known of a file's or a variable's name is read from it; nothing repeats it but the
 *       commented sample, and a test compares the two.
 *   <li>Sources, highest first: the command line, system properties ({@code accessTokens.port}),
 *       environment variables ({@code ACCESSTOKENS_PORT}, by the mapping of MicroProfile Config),
 *       the file, the defaults. They are the same in every container: the container's own
 *       MicroProfile Config is neither asked nor changed.
 *   <li>The file is the one named by the setting {@code accessTokens.configFile} (any source but
 *       the file itself) and must then exist; otherwise {@code config/access-tokens.yaml} in the
 *       base directory, if there is one. It is UTF-8, at most 1 MiB, one YAML document; its keys
 *       stand at the top or, all of them, below {@code accessTokens}.
 *   <li>A blank value equals an absent one, so the next source counts. A list comes from one
 *       source, whole: a higher one replaces it, and nothing is merged into it. A list of texts may
 *       be written as one text with commas.
 *   <li>Values are taken as they are. Nothing is expanded in them: no variables, no profiles.
 *   <li>Everything that is wrong is reported at once ({@link
 *       io.accesstokens.app.settings.InvalidSettingsException}), a line each, with its place.
 *       Unknown keys in the file and on the command line are errors. Unknown system properties and
 *       environment variables are not, because others set those, too; those that start with our
 *       prefix are worth a warning.
 *   <li>No line shows a value: it may be a secret that was put in a wrong place.
 *   <li>Relative paths are relative to the base directory, wherever the setting stands: the working
 *       directory for {@code java -jar} and Payara Micro, which is run in the same way; in a
 *       servlet container, whose working directory is an accident of how it was started, the
 *       directory of the server's instance.
 * </ol>
 *
 * <p>Decisions. In memory together with a database is refused rather than resolved: either answer
 * would surprise somebody who means the other. A password in a JDBC URL is refused, because URLs
 * get into logs. A URL for H2 is completed with the parameters without which the migrations fail or
 * answered changes can be lost. A container's realm and a people file exclude each other: with two
 * sources, a person removed from one would live on in the other. Roles without that realm are
 * refused, for nobody could have one. A people file beside an LDAP server is allowed, for a few
 * accounts that work while the server does not: each name and each person belongs to one of the
 * two. The sample people come with their sample grants only as long as nobody configured an admin;
 * naming one's own people ends both, and so does an LDAP server. An issuer of JWTs ends the grants:
 * it may call anybody alice. All that gives permissions, the usual rules included, becomes one list
 * of grants with names, so that one function decides and can say why; grants have no wildcards, for
 * a permission that is added later must not be given to anybody by a setting of today. A pattern
 * for descriptions is one of RE2 ({@link io.accesstokens.app.settings.LimitRules}): 500 characters
 * of a caller's choice are enough to keep {@code java.util.regex} busy for ever, and no bound on
 * its input that is smaller would do.
 *
 * <p>Out of scope: changing settings while the application runs, and reading the files that
 * settings name (only their existence is checked).
 */
@NullMarked
package io.accesstokens.app.settings;

import org.jspecify.annotations.NullMarked;
