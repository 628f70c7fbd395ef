package io.accesstokens.http.problem;

import io.accesstokens.http.response.ApiResponseWriter;

/** Marks a response body that {@link ApiResponseWriter} writes. */
public interface ResponseBody {}
