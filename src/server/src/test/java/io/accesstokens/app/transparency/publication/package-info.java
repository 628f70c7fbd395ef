/** Tests the publication of checkpoints. */
@org.jspecify.annotations.NullMarked
package io.accesstokens.app.transparency.publication;
