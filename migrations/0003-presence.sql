-- A process of the service, for as long as it renews its lease.
CREATE TABLE processes (
  id         uuid PRIMARY KEY,
  expires_at timestamptz NOT NULL
);

-- Who has a socket in which process. A row counts only while the process's lease does.
CREATE TABLE presence (
  person_type text NOT NULL CHECK (person_type IN ('customer', 'dentist')),
  person_id   bigint NOT NULL,
  process_id  uuid NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
  PRIMARY KEY (person_type, person_id, process_id)
);

CREATE INDEX presence_of_process ON presence (process_id);
