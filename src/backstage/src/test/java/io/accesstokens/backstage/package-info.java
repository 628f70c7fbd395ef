/** Tests how the Backstage plugin's database is read. */
@NullMarked
package io.accesstokens.backstage;

import org.jspecify.annotations.NullMarked;
