/**
 * Contains the TLS certificate of the server of {@code java -jar}.
 *
 * <ul>
 *   <li>The two PEM files are read every two seconds, and their content is compared. Therefore
 *       every kind of change is noticed, including the replaced symbolic link of a Kubernetes
 *       volume.
 *   <li>A changed certificate applies to new TLS handshakes. Open connections continue to work.
 *   <li>A changed certificate is used only if the files had the same content twice in succession.
 *       Therefore a file that is only half written is not used.
 *   <li>A certificate is used only if it can be parsed and belongs to the key. Otherwise the
 *       previous certificate stays in use, and an error is logged. The error is not repeated while
 *       its reason stays the same. If the two files change one after the other, the new pair is
 *       used as soon as it is complete.
 *   <li>A certificate that is expired or not valid yet is used, and a warning is logged once. The
 *       clock of this machine can be wrong, and the clients decide.
 * </ul>
 */
@NullMarked
package io.accesstokens.app.tls;

import org.jspecify.annotations.NullMarked;
