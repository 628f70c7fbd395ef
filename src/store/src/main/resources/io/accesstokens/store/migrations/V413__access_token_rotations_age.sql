-- Rotations by age, for their deletion.
create index access_token_rotations_age on access_token_rotations (rotated_at);
