/** Error responses: problem details (RFC 9457) and the exceptions that become them. */
@NullMarked
package io.accesstokens.http.problem;

import org.jspecify.annotations.NullMarked;
