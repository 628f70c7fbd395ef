@NullMarked
package io.accesstokens.app.boot;

import org.jspecify.annotations.NullMarked;
