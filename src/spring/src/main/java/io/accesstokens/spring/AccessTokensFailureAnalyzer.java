package io.accesstokens.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a failed start to the operator, without a stack trace. */
final class AccessTokensFailureAnalyzer
    extends AbstractFailureAnalyzer<AccessTokensStartException> {

  @Override
  protected FailureAnalysis analyze(Throwable failure, AccessTokensStartException cause) {
    return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
  }
}
