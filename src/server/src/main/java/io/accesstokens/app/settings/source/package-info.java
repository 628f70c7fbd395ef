/**
 * Reads settings from the command line, system properties, environment variables and a YAML file.
 *
 * <p>An interface declares the settings. Each of its methods is a setting or a section. {@link
 * io.accesstokens.app.settings.source.Schema} derives the names of settings from the interface.
 * {@link io.accesstokens.app.settings.source.Sources} implements the interface with the values that
 * apply. This package does not depend on individual settings. Error messages contain names, rules
 * and locations, but never a value.
 */
@NullMarked
package io.accesstokens.app.settings.source;

import org.jspecify.annotations.NullMarked;
