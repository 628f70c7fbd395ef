package io.accesstokens.app.wiring;

import io.accesstokens.verify.VerificationListener;

/**
 * Holds the listener for the outcomes of all verifications. The listener counts the uses of tokens,
 * ends previous secrets, and logs refusals.
 */
record VerificationOutcomes(VerificationListener listener) {}
