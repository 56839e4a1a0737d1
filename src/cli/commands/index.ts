import type { Register } from '../command.js';
import { actors } from './actors.js';
import { alerts } from './alerts.js';
import { audit } from './audit.js';
import { backup, restore } from './backup.js';
import { bundle } from './bundle.js';
import { check } from './check.js';
import { completion } from './completion.js';
import { configCheck } from './config-check.js';
import { declare } from './declare.js';
import { demo } from './demo.js';
import { findings } from './findings.js';
import { dispatch, receive, reject } from './handover.js';
import { close, measure, recall, seal } from './holding.js';
import { init } from './init.js';
import { keygen } from './keygen.js';
import { lot } from './lot.js';
import { lots } from './lots.js';
import { migrate } from './migrate.js';
import { newEvent } from './new.js';
import { outbox } from './outbox.js';
import { record } from './record.js';
import { register } from './register.js';
import { replay } from './replay.js';
import { rotate } from './rotate.js';
import { scenario } from './scenario.js';
import { serve } from './serve.js';
import { sites } from './sites.js';
import { stock } from './stock.js';
import { submit } from './submit.js';
import { subscribe } from './subscribe.js';
import { tag } from './tag.js';
import { aggregate, split } from './transform.js';
import { verify } from './verify.js';
import { waiting } from './waiting.js';
import { witness } from './witness.js';

/** Every command of `adit`, in the order of its help. */
export const commands: readonly Register[] = [
  demo,
  serve,
  init,
  keygen,
  rotate,
  register,
  declare,
  dispatch,
  receive,
  reject,
  recall,
  split,
  aggregate,
  measure,
  seal,
  close,
  newEvent,
  check,
  record,
  submit,
  outbox,
  lots,
  lot,
  stock,
  tag,
  sites,
  actors,
  waiting,
  findings,
  bundle,
  verify,
  witness,
  alerts,
  subscribe,
  scenario,
  replay,
  audit,
  backup,
  restore,
  migrate,
  configCheck,
  completion,
];
