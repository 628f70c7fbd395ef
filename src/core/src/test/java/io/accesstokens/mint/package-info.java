/** Tests the stages of mint flows, without HTTP. */
@NullMarked
package io.accesstokens.mint;

import org.jspecify.annotations.NullMarked;
