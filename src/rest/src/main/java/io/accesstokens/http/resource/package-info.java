/**
 * Jakarta REST resources for the use cases. Their base class {@link
 * io.accesstokens.http.resource.BaseResource} provides the services. Resources of other packages
 * also extend this class.
 *
 * <p>The package {@code http} has the rules for resources, and the feature that the resources need.
 */
@NullMarked
package io.accesstokens.http.resource;

import org.jspecify.annotations.NullMarked;
