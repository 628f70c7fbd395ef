/**
 * Generates the OpenAPI document at build time. The document consists of the file {@code
 * document.yaml}, and of the operations and schemas that are read from the resources.
 */
@NullMarked
package io.accesstokens.openapi;

import org.jspecify.annotations.NullMarked;
