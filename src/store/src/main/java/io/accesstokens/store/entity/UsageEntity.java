package io.accesstokens.store.entity;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/**
 * The columns of {@code service_access_tokens} that record uses. These columns have their own
 * mapping, because lists and verifications do not need them. {@code UsageTable} writes the columns
 * by native SQL.
 */
@Entity(name = "UsageEntity")
@Immutable
@Table(name = TokenEntity.TABLE)
public class UsageEntity extends UsageColumns {

  UsageEntity() {}
}
