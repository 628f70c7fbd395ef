/**
 * Runs the application and other programs in processes of their own, and installs missing programs
 * of the operating system.
 */
@NullMarked
package io.accesstokens.testing.program;

import org.jspecify.annotations.NullMarked;
