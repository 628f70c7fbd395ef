@NullMarked
package io.accesstokens.spring;

import org.jspecify.annotations.NullMarked;
