-- The engine's own table of stream records (Dynoxide 1.2, src/storage_backend/sql_builders.rs), made before the engine makes it, with
-- what it lacks: without the index each write looks through all records of before, and nothing ever removes one.
-- stream-records.sqlite is made of it: rm stream-records.sqlite; sqlite3 stream-records.sqlite < stream-records.sql
CREATE TABLE _stream_records (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  table_name TEXT NOT NULL,
  event_name TEXT NOT NULL,
  keys_json TEXT NOT NULL,
  new_image TEXT,
  old_image TEXT,
  sequence_number TEXT NOT NULL,
  shard_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  user_identity TEXT
);

CREATE INDEX stream_record_by_number ON _stream_records (table_name, CAST(sequence_number AS INTEGER));

CREATE TRIGGER trim_stream AFTER INSERT ON _stream_records WHEN CAST(NEW.sequence_number AS INTEGER) % 1000 = 0
BEGIN
  DELETE FROM _stream_records
  WHERE table_name = NEW.table_name AND CAST(sequence_number AS INTEGER) <= CAST(NEW.sequence_number AS INTEGER) - 50000;
END;
