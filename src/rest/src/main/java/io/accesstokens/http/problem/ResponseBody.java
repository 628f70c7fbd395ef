package io.accesstokens.http.problem;

import io.accesstokens.http.response.ApiResponseWriter;

/** A response body that {@link ApiResponseWriter} writes. */
public interface ResponseBody {}
