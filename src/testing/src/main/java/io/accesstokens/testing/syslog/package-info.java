/** A syslog server for tests. */
@NullMarked
package io.accesstokens.testing.syslog;

import org.jspecify.annotations.NullMarked;
