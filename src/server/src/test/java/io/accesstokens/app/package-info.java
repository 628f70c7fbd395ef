/** Tests of how the pieces are put together, as far as that needs no running application. */
@NullMarked
package io.accesstokens.app;

import org.jspecify.annotations.NullMarked;
