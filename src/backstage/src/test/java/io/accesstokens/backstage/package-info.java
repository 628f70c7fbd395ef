/** Reading the Backstage plugin's database. */
@NullMarked
package io.accesstokens.backstage;

import org.jspecify.annotations.NullMarked;
