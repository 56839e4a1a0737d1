import pg from 'pg';
import { type Peer, type PeerPlace, Verifier } from './peer.js';

const SCHEMA = `
  CREATE TABLE chain (index bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, jws text NOT NULL, hash bytea NOT NULL);
  CREATE TABLE head (hash bytea NOT NULL);
  INSERT INTO head VALUES ('');
  CREATE FUNCTION link() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE head SET hash = sha256(hash || convert_to(NEW.jws, 'UTF8')) RETURNING hash INTO NEW.hash;
    RETURN NEW;
  END $$;
  CREATE TRIGGER link BEFORE INSERT ON chain FOR EACH ROW EXECUTE FUNCTION link();`;

/** A hash chain that a trigger of PostgreSQL keeps, filled by one connection. */
export async function openTriggerChain({ databaseUrl, keys }: PeerPlace): Promise<Peer> {
  const verifier = new Verifier(keys);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(SCHEMA);
  return {
    append: async (events) => {
      for (const event of events) verifier.check(event);
      await client.query({
        name: 'append',
        text: 'INSERT INTO chain (jws) SELECT unnest($1::text[])',
        values: [events],
      });
    },
    close: () => client.end(),
  };
}
