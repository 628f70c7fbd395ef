/** The libraries within other applications, as an application developer has them. */
@org.jspecify.annotations.NullMarked
package io.accesstokens.it.library;
