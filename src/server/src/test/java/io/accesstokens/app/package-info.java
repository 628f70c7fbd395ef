/** Tests how the application assembles the modules. These tests need no running application. */
@NullMarked
package io.accesstokens.app;

import org.jspecify.annotations.NullMarked;
