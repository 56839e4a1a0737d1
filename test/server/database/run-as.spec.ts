import { describe, expect, it } from '@jest/globals';
import { chooseUser } from '../../../src/platform/postgres/run-as.js';

const root = 'root:x:0:0:root:/root:/bin/bash\n';
const nobody = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n';
const postgres = 'postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\n';
const adit = 'adit:x:990:991::/var/lib/adit:/usr/sbin/nologin\n';
const name = (passwd: string, owner: { uid: number; gid: number } | null = null): [string, number, boolean] => {
  const user = chooseUser(passwd, owner);
  return [user.name, user.uid, user.shared];
};

describe('the user that root runs PostgreSQL as', () => {
  it('is one of its own where there is one, in whichever order they are listed', () => {
    expect(name(root + nobody + postgres)).toEqual(['postgres', 101, false]);
    expect(name(root + postgres + nobody + adit)).toEqual(['adit', 990, false]);
  });

  it('is nobody where there is none, which others may be too', () => {
    expect(chooseUser(root + nobody, null)).toEqual({ name: 'nobody', uid: 65_534, gid: 65_533, shared: true });
    expect(chooseUser('', null)).toMatchObject({ uid: 65_534, shared: true });
    expect(chooseUser('nobody:*:-2:-2:Unprivileged:/var/empty:/usr/bin/false\n', null)).toMatchObject({
      uid: 4_294_967_294,
      shared: true,
    });
    // A name that only ends so, or that is root by another name.
    expect(name(`${root}not-postgres:x:7:7:::\npostgres:x:0:0:::\n${nobody}`)).toEqual(['nobody', 65_534, true]);
  });

  it('stays the one that owns the database', () => {
    expect(name(root + nobody + postgres, { uid: 65_534, gid: 65_533 })).toEqual(['nobody', 65_534, true]);
    expect(name(root + nobody + adit + postgres, { uid: 101, gid: 104 })).toEqual(['postgres', 101, false]);
    expect(name(root + nobody, { uid: 4_000, gid: 1 })).toEqual(['user 4000', 4_000, false]);
    expect(name(root + nobody + adit, { uid: 0, gid: 0 })).toEqual(['adit', 990, false]);
  });
});
