/**
 * Reads settings from the command line, system properties, environment variables and a YAML file.
 *
 * <p>An interface lists the settings: each method is a setting or a section. {@link
 * io.accesstokens.app.settings.source.Schema} derives the names from it, and {@link
 * io.accesstokens.app.settings.source.Sources} implements it with the values that apply. This
 * package knows no single setting. Its errors contain names, rules and locations, and never a
 * value.
 */
@NullMarked
package io.accesstokens.app.settings.source;

import org.jspecify.annotations.NullMarked;
