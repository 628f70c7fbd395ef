/**
 * Databases, directories, proxies and other servers for tests, and the application in them. Each
 * server runs in a process of its own, with a free port and an empty folder.
 */
@NullMarked
package io.accesstokens.testing.server;

import org.jspecify.annotations.NullMarked;
