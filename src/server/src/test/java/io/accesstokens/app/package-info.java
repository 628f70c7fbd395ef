/** Tests how the modules are assembled, as far as no running application is needed. */
@NullMarked
package io.accesstokens.app;

import org.jspecify.annotations.NullMarked;
