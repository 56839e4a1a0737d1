import type { MigrationInterface } from 'typeorm';
import { Ledger0001 } from './0001-ledger.js';
import { Verification0002 } from './0002-verification.js';
import { Alerts0003 } from './0003-alerts.js';
import { Attestations0004 } from './0004-attestations.js';
import { Rules0005 } from './0005-rules.js';
import { SealedIndex0006 } from './0006-sealed-index.js';
import { Sums0007 } from './0007-sums.js';
import { Witnesses0008 } from './0008-witnesses.js';
import { KeyRotation0009 } from './0009-key-rotation.js';
import { DisclosureKeys0010 } from './0010-disclosure-keys.js';
import { AlertGroups0011 } from './0011-alert-groups.js';
import { Assurance0012 } from './0012-assurance.js';
import { DeliveryLease0013 } from './0013-delivery-lease.js';
import { AnswersSettle0020 } from './0020-answers-settle.js';
import { ListLots0070 } from './0070-list-lots.js';
import { AlertNotes0071 } from './0071-alert-notes.js';
import { SilenceTrace0060 } from './0060-silence-trace.js';
import { Journal0072 } from './0072-journal.js';
import { RulesOfFindings0073 } from './0073-rules-of-findings.js';
import { LateDisclosures0074 } from './0074-late-disclosures.js';
import { Ancestry0075 } from './0075-ancestry.js';
import { Series0076 } from './0076-series.js';
import { Parties0077 } from './0077-parties.js';
import { Owners0078 } from './0078-owners.js';
import { OwnNotes0079 } from './0079-own-notes.js';
import { SpentProofs0080 } from './0080-spent-proofs.js';
import { MachineKeys0081 } from './0081-machine-keys.js';
import { Grants0100 } from './0100-grants.js';
import { Shares0101 } from './0101-shares.js';
import { Passports0110 } from './0110-passports.js';
import { GoodsNamed0111 } from './0111-goods-named.js';
import { Contacts0120 } from './0120-contacts.js';
import { MakersOfKeys0121 } from './0121-makers-of-keys.js';
import { People0122 } from './0122-people.js';
import { Sight0130 } from './0130-sight.js';
import { Paths0131 } from './0131-paths.js';
import { GoodsCorrected0150 } from './0150-goods-corrected.js';
import { NewestLots0170 } from './0170-newest-lots.js';

/** A migration with the name under which it is recorded. */
type NamedMigration = MigrationInterface & { name: string };

/**
 * Every migration, in order. TypeORM sorts by the 13 digits that end a migration's `name`, so each `name` is its title
 * followed by its number, padded (after adding one, run `npm run catalogue`): `Ledger0000000000001`.
 */
export const migrations: (new () => NamedMigration)[] = [
  Ledger0001,
  Verification0002,
  Alerts0003,
  Attestations0004,
  Rules0005,
  SealedIndex0006,
  Sums0007,
  Witnesses0008,
  KeyRotation0009,
  DisclosureKeys0010,
  AlertGroups0011,
  Assurance0012,
  DeliveryLease0013,
  AnswersSettle0020,
  ListLots0070,
  AlertNotes0071,
  SilenceTrace0060,
  Journal0072,
  RulesOfFindings0073,
  LateDisclosures0074,
  Ancestry0075,
  Series0076,
  Parties0077,
  Owners0078,
  OwnNotes0079,
  SpentProofs0080,
  MachineKeys0081,
  Grants0100,
  Shares0101,
  Passports0110,
  GoodsNamed0111,
  Contacts0120,
  MakersOfKeys0121,
  People0122,
  Sight0130,
  Paths0131,
  GoodsCorrected0150,
  NewestLots0170,
];
