/** Tests of the libraries within other applications, from an application developer's view. */
@org.jspecify.annotations.NullMarked
package io.accesstokens.it.library;
