/** Tests the calls of witnesses against a witness that is written from the specification. */
@org.jspecify.annotations.NullMarked
package io.accesstokens.app.transparency.witness;
