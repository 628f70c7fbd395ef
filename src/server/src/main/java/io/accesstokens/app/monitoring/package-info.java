/** What an operator's monitoring reads: the health of this process. */
@NullMarked
package io.accesstokens.app.monitoring;

import org.jspecify.annotations.NullMarked;
