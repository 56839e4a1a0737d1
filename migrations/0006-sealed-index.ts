import type { MigrationInterface, QueryRunner } from 'typeorm';
import { aboutOthers } from '../src/core/bundle/subjects.js';
import { parseEnvelope } from '../src/core/event/envelope.js';
import { readEvent } from '../src/core/event/event.js';

/** Entries of an older log that are read at a time. */
const PIECE = 1_000;

/** Creates the subjects of entries, the sealed index over them, and the last entry that sealed it. */
export class SealedIndex0006 implements MigrationInterface {
  name = 'SealedIndex0000000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(/* sql */ `
      CREATE TABLE subject_entries (
        subject text COLLATE "C" NOT NULL,
        index   bigint NOT NULL,
        CONSTRAINT subject_entries_pkey PRIMARY KEY (subject, index)
      );
      COMMENT ON TABLE subject_entries IS 'registry events and attestations by what they are about; lots and uses of tags have tables of their own';

      CREATE TABLE index_state (
        single boolean NOT NULL DEFAULT true,
        size   bigint NOT NULL,
        root   bytea NOT NULL,
        cut    smallint NOT NULL,
        leaves bigint NOT NULL,
        entry  bigint,
        CONSTRAINT index_state_pkey PRIMARY KEY (single),
        CONSTRAINT index_state_single_check CHECK (single)
      );
      COMMENT ON COLUMN index_state.cut IS 'depth from which on subtrees are reckoned from their leaves; above it they are in index_nodes';
      COMMENT ON COLUMN index_state.entry IS 'the index.sealed that says size and root; null until it is in the log';
      INSERT INTO index_state (size, root, cut, leaves) VALUES (0, decode(repeat('00', 32), 'hex'), 0, 0);

      CREATE TABLE index_leaves (
        key    bytea NOT NULL,
        count  bigint NOT NULL,
        digest bytea NOT NULL,
        CONSTRAINT index_leaves_pkey PRIMARY KEY (key)
      );
      CREATE TABLE index_nodes (
        depth  smallint NOT NULL,
        prefix bigint NOT NULL,
        leaves bigint NOT NULL,
        hash   bytea NOT NULL,
        CONSTRAINT index_nodes_pkey PRIMARY KEY (depth, prefix)
      );
      GRANT SELECT, INSERT ON subject_entries TO ledger_app;
      GRANT SELECT, UPDATE ON index_state TO ledger_app;
      GRANT SELECT, INSERT, UPDATE ON index_leaves TO ledger_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON index_nodes TO ledger_app;
    `);
    await fillSubjects(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE subject_entries, index_state, index_leaves, index_nodes');
  }
}

/** Fills the subjects of an existing log, once. Only the core can compute them. */
async function fillSubjects(runner: QueryRunner): Promise<void> {
  for (let from = 0; ; from += PIECE) {
    const rows = (await runner.query('SELECT index, jws FROM entries WHERE index >= $1 AND index < $2 ORDER BY index', [
      from,
      from + PIECE,
    ])) as { index: string; jws: string }[];
    if (rows.length === 0) return;
    const named = rows.flatMap(({ index, jws }) => {
      const envelope = parseEnvelope(`${jws}~`);
      return aboutOthers(readEvent(envelope, String(envelope.payload.log))).map((subject) => ({ subject, index }));
    });
    await runner.query(
      `INSERT INTO subject_entries SELECT * FROM unnest($1::text[], $2::bigint[]) ON CONFLICT DO NOTHING`,
      [named.map(({ subject }) => subject), named.map(({ index }) => index)],
    );
  }
}
