/**
 * Databases, directories, proxies and other servers for tests, and the application in a server.
 * Each server has a free port.
 */
@NullMarked
package io.accesstokens.testing.server;

import org.jspecify.annotations.NullMarked;
