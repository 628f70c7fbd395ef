/**
 * Clients of the application for tests: an HTTP client with the calls of the API, a browser
 * session, and connections that send malformed or slow requests.
 */
@NullMarked
package io.accesstokens.testing.client;

import org.jspecify.annotations.NullMarked;
