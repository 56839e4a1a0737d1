/** The newest migration that the list below was made with; `test/tidy.spec.ts` says when it has to be written anew. */
export const catalogueOf = 'RulesOfFindings0000000000073';

/** What the migrations make. Written by `npm run catalogue`. */
const objects: Readonly<Record<string, string>> = {
  '': 'function allow_signing_only()=e4b4746a412b8720; function refuse_change()=dd59a6d38c931f1d; role ledger_app=e3b0c44298fc1c14; setting row_security=b8d31e852725afb1; setting session_replication_role=181fdd46fc4a7246',
  actors:
    'columns of *=ce45c2bd9b50c4b5; constraint *.actors_pkey=8c8464f42472e42e; grants on *=d55971a25bf550f0; index *.actors_pkey=4ad9103df096a639; table *=7a5c547482906c68',
  alert_changes:
    'columns of *=affee18f8e415c5e; constraint *.alert_changes_pkey=05592514bc405c17; grants on *=2b4f7c6d405c4346; index *.alert_changes_number=f9aad9a0cef1f35b; index *.alert_changes_pkey=0f94da4b2ffaaed7; table *=7a5c547482906c68',
  alert_cursor:
    'columns of *=1bd4a05505ddd792; constraint *.alert_cursor_pkey=caa97ec63c611251; constraint *.alert_cursor_single_check=ee908c0961ecc9c4; grants on *=ec5066ce651aaa9d; index *.alert_cursor_pkey=0dd8ab1da9677794; table *=7a5c547482906c68',
  alert_findings:
    'columns of *=625c49a79cbedde0; constraint *.alert_findings_pkey=e607e27a929fbfc9; constraint *.alert_findings_state_check=d478c4a243c12f24; grants on *=d55971a25bf550f0; index *.alert_findings_alert=135391bdc6fd7482; index *.alert_findings_open=b0e1f9a50801b070; index *.alert_findings_pkey=20c0d885ead501c0; table *=7a5c547482906c68',
  alert_numbers: 'grants on *=9430f7d976002615; table *=aa841b8062f6703c',
  alerts:
    'columns of *=d37913a87835bd09; constraint *.alerts_group_key=3084938bcc1a2b68; constraint *.alerts_number_key=22af0225753fdd40; constraint *.alerts_pkey=8c8464f42472e42e; constraint *.alerts_severity_check=1ae9da73ccda6925; constraint *.alerts_status_check=6cf577dff5aff334; grants on *=d55971a25bf550f0; index *.alerts_group_key=351385825d50e2db; index *.alerts_inhibited=c3bd22f6e674906b; index *.alerts_number_key=22687b02384e5f20; index *.alerts_pkey=9d911e3fdff7ba0a; index *.alerts_silenced=d6476ba661098e48; index *.alerts_tell=8bf66b7b81eb0046; index *.alerts_unresolved=64d5ec92c92b5f00; table *=7a5c547482906c68',
  attestations:
    'columns of *=0416c7229f7883df; constraint *.attestations_pkey=0955cf85c7480d39; grants on *=2b4f7c6d405c4346; index *.attestations_pkey=e3a84451262579ae; table *=7a5c547482906c68',
  audits:
    'columns of *=3bb47c04d52d983e; constraint *.audits_pkey=8c8464f42472e42e; grants on *=c62eb45fd038ea93; index *.audits_pkey=d191b5aa86c10874; table *=7a5c547482906c68',
  audits_id_seq: 'grants on *=e3b0c44298fc1c14; table *=aa841b8062f6703c',
  certificates:
    'columns of *=2808790527c6a67d; constraint *.certificates_pkey=1865780d38d2ea92; grants on *=d55971a25bf550f0; index *.certificates_pkey=d93678e434099c0f; table *=7a5c547482906c68',
  checkpoints:
    'columns of *=a55cb02ced5b5f63; constraint *.checkpoints_pkey=2e5f8a39a9a68b83; constraint *.checkpoints_root_check=fc44c96b7d56dd40; grants on *=9f4be9d5d76fc971; index *.checkpoints_pkey=6eb49dc8413d6061; index *.checkpoints_unsigned=42b36211199d2ad5; table *=7a5c547482906c68; trigger *.checkpoints_no_delete=33345f37ce88d88e; trigger *.checkpoints_no_truncate=ce813b53c776f842; trigger *.checkpoints_signed_once=ddc452ad7659ebf7',
  clocks:
    'columns of *=de1f57c037aa03d3; constraint *.clocks_pkey=5bac8bc09bb74a51; grants on *=2b4f7c6d405c4346; index *.clocks_pkey=67fbf88ba18773cc; table *=7a5c547482906c68',
  corrections:
    'columns of *=bc305ad4b7239fe0; constraint *.corrections_pkey=8c8464f42472e42e; grants on *=d55971a25bf550f0; index *.corrections_pkey=7f78f47510d054ec; index *.corrections_target=01d56e75dc836e1e; table *=7a5c547482906c68',
  deadlines:
    'columns of *=ea788c17b7fdcb64; constraint *.deadlines_pkey=540da4f3ede17ae9; grants on *=c62eb45fd038ea93; index *.deadlines_due=75b09e057aa16989; index *.deadlines_pkey=ee5348cd94b61053; table *=7a5c547482906c68',
  deliveries:
    'columns of *=b4042ea9ff774cba; constraint *.deliveries_once=764827f421ac6494; constraint *.deliveries_pkey=8c8464f42472e42e; constraint *.deliveries_status_check=d1a7424bc107701a; constraint *.deliveries_subscription_fkey=3705e098848c4917; grants on *=d55971a25bf550f0; index *.deliveries_alert=cc7e642848f18b04; index *.deliveries_created=c12fdde6e0849d05; index *.deliveries_due=0959e32655dd5413; index *.deliveries_once=75f6e0568fb9101b; index *.deliveries_order=1f3c4a08b98a4f12; index *.deliveries_pkey=bfc64174ae8ea65a; index *.deliveries_subscription=15cdf54f8c3c097c; table *=7a5c547482906c68',
  deliveries_sequence_seq: 'grants on *=e3b0c44298fc1c14; table *=aa841b8062f6703c',
  delivery_attempts:
    'columns of *=b79d57f2353fb27c; constraint *.delivery_attempts_delivery_fkey=c7ce6e594cc4cb9b; constraint *.delivery_attempts_pkey=82fac931a4d494ef; grants on *=2b4f7c6d405c4346; index *.delivery_attempts_pkey=79127d25178fc102; table *=7a5c547482906c68',
  delivery_notices:
    'columns of *=52f7bc555347d5ed; constraint *.delivery_notices_delivery_fkey=c7ce6e594cc4cb9b; constraint *.delivery_notices_pkey=e219dfbe218511df; grants on *=2b4f7c6d405c4346; index *.delivery_notices_pkey=e37cf251665c8185; table *=7a5c547482906c68',
  disclosure_keys:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_pkey=f5e595e134fc52d7; grants on *=c62eb45fd038ea93; index *.disclosure_keys_pkey=799ead5dc6dfb2e2; table *=154d454458a0bf08',
  disclosure_keys_0:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_0_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_0_pkey=2237c07a5ae15ade; table *=d67642c5602c1f46',
  disclosure_keys_1:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_1_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_1_pkey=2694ca94a558e1ee; table *=d3023845fb9b46e7',
  disclosure_keys_10:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_10_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_10_pkey=0a01fc80cf4de4b7; table *=3a4be9aaf5ebe355',
  disclosure_keys_11:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_11_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_11_pkey=3f7e62322bce92c1; table *=6d3c3f31001c0501',
  disclosure_keys_12:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_12_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_12_pkey=1e4b015b0c6ec3b6; table *=ea5725608d064fb8',
  disclosure_keys_13:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_13_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_13_pkey=6e48dde5a9a9e143; table *=cbec3c8eb91ee891',
  disclosure_keys_14:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_14_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_14_pkey=a5c5e20df343e068; table *=d322cca0ac1c204f',
  disclosure_keys_15:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_15_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_15_pkey=15c974c9cd6a1f01; table *=620304e1538355e9',
  disclosure_keys_2:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_2_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_2_pkey=e99f2591d2858cee; table *=80fdddf5651018c4',
  disclosure_keys_3:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_3_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_3_pkey=46cd676ad72f465b; table *=8107da7f80997317',
  disclosure_keys_4:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_4_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_4_pkey=7b9e9ae4fce6b895; table *=935630e7caf14652',
  disclosure_keys_5:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_5_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_5_pkey=50b9c8a1ef9ce013; table *=91650ec965a1adfb',
  disclosure_keys_6:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_6_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_6_pkey=984d4683d809b5cd; table *=fb822b7ce2246dac',
  disclosure_keys_7:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_7_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_7_pkey=f4babffc0608c10c; table *=7452a3f73b456def',
  disclosure_keys_8:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_8_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_8_pkey=c8d3bc3f46ff9b41; table *=eb8348ed157c93f6',
  disclosure_keys_9:
    'columns of *=0848f5864d4eddf5; constraint *.disclosure_keys_9_pkey=f5e595e134fc52d7; grants on *=e3b0c44298fc1c14; index *.disclosure_keys_9_pkey=696d7d00e311b8da; table *=4333363c3db891ab',
  disclosures:
    'columns of *=116c32d25eea1d26; constraint *.disclosures_pkey=f5e595e134fc52d7; grants on *=f4f65adb754a606a; index *.disclosures_digest=55299f1c3d4d52b9; index *.disclosures_pkey=6a9873383d9adeed; table *=7a5c547482906c68',
  endorsements:
    'columns of *=e62ec4e4f1ce5f60; constraint *.endorsements_pkey=2c5755f05f2906ac; grants on *=2b4f7c6d405c4346; index *.endorsements_pkey=2249c4ec4fb5bb97; table *=7a5c547482906c68',
  entries:
    'columns of *=3e83f68108ed1495; constraint *.entries_id_key=0d7f6a868dbddaff; constraint *.entries_index_check=1ca2ee82c31be945; constraint *.entries_leaf_hash_check=2734ecadcefcb4e4; constraint *.entries_pkey=5bac8bc09bb74a51; grants on *=2b4f7c6d405c4346; index *.entries_id_key=d3aaaecf44c5a7b8; index *.entries_pkey=94377e856d03cca2; table *=7a5c547482906c68; trigger *.entries_append_only=7dff47d4459a1b27; trigger *.entries_no_truncate=865885d8fb498d75',
  erasures:
    'columns of *=b6bd32a657e9d48a; constraint *.erasures_pkey=2252f0334e8222d2; grants on *=2b4f7c6d405c4346; index *.erasures_pkey=a8d282e0af097a96; table *=7a5c547482906c68',
  facilities:
    'columns of *=11a39a4c01881a8a; constraint *.facilities_pkey=8c8464f42472e42e; grants on *=d55971a25bf550f0; index *.facilities_pkey=b6890692bdabdbc6; table *=7a5c547482906c68',
  filings:
    'columns of *=68cc8fe37ac53f58; constraint *.filings_pkey=d4d467551d2301f1; grants on *=1235549283635007; index *.filings_amount=47e713f76ddd96e5; index *.filings_hidden=df68f7c5a7bffab7; index *.filings_pkey=3639ca24085cdaf8; table *=7a5c547482906c68',
  finding_answers:
    'columns of *=8a4ba75696b1e20f; constraint *.finding_answers_pkey=f8b45659f57f4d94; grants on *=2b4f7c6d405c4346; index *.finding_answers_pkey=11b26e073f7f4918; table *=7a5c547482906c68',
  finding_changes: 'grants on *=9430f7d976002615; table *=aa841b8062f6703c',
  findings:
    'columns of *=aafabc662ae74473; constraint *.findings_change_key=5bc1aee2e6ec52fb; constraint *.findings_closed_check=7cdc15aac4dd1aaf; constraint *.findings_fingerprint_key=95d1d03b39b8cf5d; constraint *.findings_pkey=8c8464f42472e42e; constraint *.findings_severity_check=1ae9da73ccda6925; constraint *.findings_status_check=cac8795e985ee506; grants on *=d55971a25bf550f0; index *.findings_change_key=98f98ce41d08cf1e; index *.findings_fingerprint_key=df60bd2b55e9c8b5; index *.findings_lots=d81148cd6e3abd79; index *.findings_open=5088b20e96245fcb; index *.findings_opened=37c207c87d733665; index *.findings_pkey=2d18862b2649b4dd; table *=7a5c547482906c68',
  incidents:
    'columns of *=d5c131c1011b6500; constraint *.incidents_pkey=8c8464f42472e42e; constraint *.incidents_status_check=3b12e5087436421c; grants on *=d55971a25bf550f0; index *.incidents_pkey=050b4f4eab3cab4d; table *=7a5c547482906c68',
  index_leaves:
    'columns of *=7f135f2e1647a72e; constraint *.index_leaves_pkey=7483afa65f6d0ea8; grants on *=d55971a25bf550f0; index *.index_leaves_pkey=d20629065d8759d5; table *=7a5c547482906c68',
  index_leaves_before:
    'columns of *=7f135f2e1647a72e; constraint *.index_leaves_before_pkey=7483afa65f6d0ea8; grants on *=1235549283635007; index *.index_leaves_before_pkey=edaeb4709654e9c9; table *=7a5c547482906c68',
  index_nodes:
    'columns of *=7153b8ccaa440451; constraint *.index_nodes_pkey=256d090adc646bf5; grants on *=1235549283635007; index *.index_nodes_pkey=4afafeb7501be567; table *=7a5c547482906c68',
  index_nodes_before:
    'columns of *=7153b8ccaa440451; constraint *.index_nodes_before_pkey=256d090adc646bf5; grants on *=1235549283635007; index *.index_nodes_before_pkey=80b18347ddb5ba16; table *=7a5c547482906c68',
  index_state:
    'columns of *=9b62befffdacd18a; constraint *.index_state_pkey=caa97ec63c611251; constraint *.index_state_single_check=ee908c0961ecc9c4; grants on *=ec5066ce651aaa9d; index *.index_state_pkey=aa9cf72b72132ab7; table *=7a5c547482906c68',
  index_state_before:
    'columns of *=4bae9d0d19211948; constraint *.index_state_before_pkey=caa97ec63c611251; constraint *.index_state_before_single_check=ee908c0961ecc9c4; grants on *=1235549283635007; index *.index_state_before_pkey=0005af103ad5a7e6; table *=7a5c547482906c68',
  journal:
    'columns of *=44f2a0068ec56761; constraint *.journal_pkey=461e18b64e0fa0a1; grants on *=2b4f7c6d405c4346; index *.journal_pkey=f2b85c36e3698d62; index *.journal_row=52a928941cec6739; table *=7a5c547482906c68',
  journal_head:
    'columns of *=0ee9bf62c69de634; constraint *.journal_head_pkey=caa97ec63c611251; constraint *.journal_head_single_check=ee908c0961ecc9c4; grants on *=ec5066ce651aaa9d; index *.journal_head_pkey=2bd84be23c32e5c5; table *=7a5c547482906c68',
  keys: 'columns of *=bc618356bf400b90; constraint *.keys_pkey=1f38746c8f89226e; grants on *=d55971a25bf550f0; index *.keys_actor=1f50e4c8174e4d80; index *.keys_added=fb5e4e9708642c2e; index *.keys_pkey=3796c640255c5d10; table *=7a5c547482906c68',
  ledger_info:
    'columns of *=83abe9091c2cfc02; constraint *.ledger_info_pkey=caa97ec63c611251; constraint *.ledger_info_single_check=ee908c0961ecc9c4; grants on *=d55971a25bf550f0; index *.ledger_info_pkey=d54ddee296bdc5bb; table *=7a5c547482906c68',
  lineage:
    'columns of *=32e763f1ad0ec96d; constraint *.lineage_pkey=b9a1a63513cf771e; grants on *=2b4f7c6d405c4346; index *.lineage_pkey=781bfc448d7f583a; index *.lineage_to=6f1dd95075dcef53; table *=7a5c547482906c68',
  log_state:
    'columns of *=177dfce7ebd21ca8; constraint *.log_state_pkey=caa97ec63c611251; constraint *.log_state_single_check=ee908c0961ecc9c4; grants on *=39e4ebda61d1c1c3; index *.log_state_pkey=97835ae2d9b96d25; table *=7a5c547482906c68; trigger *.log_state_no_delete=7ed9c1f1327e75f9; trigger *.log_state_no_truncate=a43f534ed67187e4',
  lot_events:
    'columns of *=cb21fb6be976e942; constraint *.lot_events_pkey=52006af18011f0b3; grants on *=2b4f7c6d405c4346; index *.lot_events_pkey=c98c578e69d07e0d; table *=7a5c547482906c68',
  lots: 'columns of *=c85527d0225a16d9; constraint *.lots_pkey=8c8464f42472e42e; constraint *.lots_status_check=eb50aa198ef8b9fc; grants on *=d55971a25bf550f0; index *.lots_awaited=b57e920fbe288d55; index *.lots_born=c20a7876e24c5bb3; index *.lots_holder=fda95df9dbe2978c; index *.lots_in_transit=a5261d0e58276022; index *.lots_lot_number=457f106d1f83bb27; index *.lots_pkey=814a0eab8a3b81a8; index *.lots_site=9e3479a4c5240e71; index *.lots_stock=2c325fcf9b0f6990; table *=7a5c547482906c68',
  notices:
    'columns of *=6d9d77894ee9c7be; constraint *.notices_pkey=461e18b64e0fa0a1; grants on *=2b4f7c6d405c4346; index *.notices_alert=3f5d2bc5b446dc9f; index *.notices_at=87d3ed5109ec002c; index *.notices_pkey=79bb85cf74eac15c; table *=7a5c547482906c68',
  refusals:
    'columns of *=4189f745f0b11c7d; constraint *.refusals_pkey=8c8464f42472e42e; grants on *=2b4f7c6d405c4346; index *.refusals_evidence=0d3636541dcaeb5b; index *.refusals_kid=e10177e00a19a4dc; index *.refusals_pkey=225021b0610506de; table *=7a5c547482906c68',
  revisits:
    'columns of *=295406b420e18781; constraint *.revisits_pkey=8c8464f42472e42e; grants on *=1235549283635007; index *.revisits_pkey=23ae17b83f63477e; table *=7a5c547482906c68',
  revisits_id_seq: 'grants on *=e3b0c44298fc1c14; table *=aa841b8062f6703c',
  routing_cursor:
    'columns of *=8c6bc5db940fbf68; constraint *.routing_cursor_pkey=caa97ec63c611251; constraint *.routing_cursor_single_check=ee908c0961ecc9c4; grants on *=ec5066ce651aaa9d; index *.routing_cursor_pkey=124af9d31e0ffc02; table *=7a5c547482906c68',
  schema_migrations:
    'columns of *=46d243a30cdfdcc9; constraint *.PK_62441bec32630ced9e4cccae336=8c8464f42472e42e; grants on *=e3b0c44298fc1c14; index *.PK_62441bec32630ced9e4cccae336=2dacc6a1a65a40d6; table *=7a5c547482906c68',
  schema_migrations_id_seq: 'grants on *=e3b0c44298fc1c14; table *=5fb34b0822c5d95d',
  silences:
    'columns of *=701df6062a6392f9; constraint *.silences_pkey=8c8464f42472e42e; grants on *=29aa12dbd232d715; index *.silences_pkey=c43a65126bed9e03; index *.silences_until=b99138c6f75d8095; table *=7a5c547482906c68',
  site_days:
    'columns of *=74e0b0e3182a3152; constraint *.site_days_pkey=d1ceff60fff3631e; grants on *=d55971a25bf550f0; index *.site_days_pkey=67abc6e5d25281cd; table *=7a5c547482906c68',
  site_production:
    'columns of *=fe08486d84f98c11; constraint *.site_production_pkey=bd6eb1a4b244f879; grants on *=d55971a25bf550f0; index *.site_production_day=5abdce67849ba82f; index *.site_production_pkey=07b72e90648aac3c; table *=7a5c547482906c68',
  sites:
    'columns of *=b1d189ccd2b5ab86; constraint *.sites_pkey=8c8464f42472e42e; grants on *=d55971a25bf550f0; index *.sites_pkey=97ac0636ccbd19a1; table *=7a5c547482906c68',
  subject_entries:
    'columns of *=7d52fec5a3099873; constraint *.subject_entries_pkey=d4d467551d2301f1; grants on *=2b4f7c6d405c4346; index *.subject_entries_pkey=494eb8a7f7c0efcb; table *=7a5c547482906c68',
  subscriptions:
    'columns of *=1d199f488e93986b; constraint *.subscriptions_channel_check=12f7052bceed22fc; constraint *.subscriptions_pkey=8c8464f42472e42e; constraint *.subscriptions_target_check=3df6f3cd8bda8883; grants on *=1235549283635007; index *.subscriptions_pkey=ab95b75a580159ba; table *=7a5c547482906c68',
  sweeps:
    'columns of *=76f6ff4608e00c5d; constraint *.sweeps_pkey=7acd50b3f7e7ea81; grants on *=1235549283635007; index *.sweeps_pkey=1b4c7e39c8572916; table *=7a5c547482906c68',
  tag_ranges:
    'columns of *=971f204f3c8a2e3a; constraint *.tag_ranges_pkey=5bac8bc09bb74a51; grants on *=2b4f7c6d405c4346; index *.tag_ranges_pkey=0e2d0d137df50c81; index *.tag_ranges_series=aae686a977e31b14; table *=7a5c547482906c68',
  tag_uses:
    'columns of *=420adf4936c4762b; constraint *.tag_uses_pkey=192587a1a1b58a6f; grants on *=2b4f7c6d405c4346; index *.tag_uses_lot=fcfcf250c37a9709; index *.tag_uses_pkey=74d95b44c7adc4ea; table *=7a5c547482906c68',
  tiles:
    'columns of *=24cdfa14a1c55f38; constraint *.tiles_hashes_check=1b17628740b14e55; constraint *.tiles_pkey=e158c892c3ef6f1a; constraint *.tiles_root_check=fc44c96b7d56dd40; grants on *=2b4f7c6d405c4346; index *.tiles_pkey=74ea7917e4df508d; table *=7a5c547482906c68; trigger *.tiles_append_only=443aaa125de1c550; trigger *.tiles_no_truncate=0f0a507cdcbd2d7c',
  totals:
    'columns of *=e0e58cfb693c5b1c; constraint *.totals_pkey=c55b13ab22811af3; grants on *=d55971a25bf550f0; index *.totals_pkey=79da849c8b24fb87; table *=7a5c547482906c68',
  undecided:
    'columns of *=07ee491cfcf56ca4; constraint *.undecided_pkey=094c9ca95d9ca2c1; grants on *=1235549283635007; index *.undecided_lots=a24b777aedee37d6; index *.undecided_pkey=7205b12337e0093d; table *=7a5c547482906c68',
  verification_cursor:
    'columns of *=1f51b973d6ae4f0d; constraint *.verification_cursor_next_check=92146f07a395b820; constraint *.verification_cursor_pkey=caa97ec63c611251; constraint *.verification_cursor_single_check=ee908c0961ecc9c4; grants on *=ec5066ce651aaa9d; index *.verification_cursor_pkey=5955b7569a0e89c7; table *=7a5c547482906c68',
  waiting:
    'columns of *=f2bb4e95e96b5016; constraint *.waiting_pkey=8c8464f42472e42e; grants on *=c62eb45fd038ea93; index *.waiting_kid=a3faa8a4ec5b516d; index *.waiting_pkey=5d3618bec5eb5f56; index *.waiting_since=cf98cc15c18abb59; table *=7a5c547482906c68',
  waiting_for:
    'columns of *=dcfaf36374cf6fab; constraint *.waiting_for_pkey=b21edd446edfce39; grants on *=c62eb45fd038ea93; index *.waiting_for_child=33a815f42f745392; index *.waiting_for_pkey=28c28d62282fdb9a; table *=7a5c547482906c68',
  witnessed_checkpoints:
    'columns of *=6075e20f21b69a76; constraint *.witnessed_checkpoints_pkey=2e5f8a39a9a68b83; grants on *=d55971a25bf550f0; index *.witnessed_checkpoints_pkey=88646b54e17f172a; table *=7a5c547482906c68',
  witnesses:
    'columns of *=910f946d1b6ea363; constraint *.witnesses_pkey=2082cec930750ea7; grants on *=d55971a25bf550f0; index *.witnesses_pkey=93248d5b812f9866; table *=7a5c547482906c68',
};

/** Every object of the schema by name, with the digest of what it is (`src/server/database/read-catalogue.ts`). */
export const catalogue: ReadonlyMap<string, string> = new Map(
  Object.entries(objects).flatMap(([relation, listed]) =>
    listed.split('; ').map((object): [string, string] => {
      const at = object.lastIndexOf('=');
      return [object.slice(0, at).replace('*', relation), object.slice(at + 1)];
    }),
  ),
);
