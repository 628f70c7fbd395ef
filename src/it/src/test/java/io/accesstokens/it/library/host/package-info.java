/**
 * A host application that runs in another class loader. The loader has the auth jar and a Jakarta
 * REST runtime, and the classes here may use nothing else.
 */
@NullMarked
package io.accesstokens.it.library.host;

import org.jspecify.annotations.NullMarked;
