-- What one process tells the others and a notification cannot hold (8,000 bytes): fetched at once, swept minutes later.
-- Unlogged, for nobody needs it after a crash.
CREATE UNLOGGED TABLE broadcasts (
  sender     text NOT NULL,
  -- The sender's count of what it has sent.
  number     bigint NOT NULL,
  payload    text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (sender, number)
);

CREATE INDEX broadcasts_created_at ON broadcasts (created_at);
