-- The daily job: the last day whose notices were written, and the process that runs the job now.
create table access_token_notice_job (
  id smallint not null,
  last_day date null,
  claim ${id} null,
  claimed_until ${instant} null,
  constraint access_token_notice_job_pk primary key (id)
)${table};
