import type { Register } from '../command.js';

/** A command in the list of `adit --help`; only the command itself loads the module with the rest. */
export interface ListedCommand {
  name: string;
  summary: string;
  load: () => Promise<Register>;
}

/** Every command of `adit`, in the order of its help. */
export const commands: readonly ListedCommand[] = [
  {
    name: 'demo',
    summary: 'show a supply chain, a tampering and its alert',
    load: async () => (await import('./operate/demo.js')).demo,
  },
  {
    name: 'serve',
    summary: 'run the ledger',
    load: async () => (await import('./operate/serve.js')).serve,
  },
  {
    name: 'init',
    summary: 'create the keys and the guard of a new ledger',
    load: async () => (await import('./operate/init.js')).init,
  },
  {
    name: 'keygen',
    summary: 'create a key pair for an actor',
    load: async () => (await import('./operate/keygen.js')).keygen,
  },
  {
    name: 'login',
    summary: 'show who you are to a ledger, or sign a browser in',
    load: async () => (await import('./operate/login.js')).login,
  },
  {
    name: 'rotate',
    summary: 'create the next log key or service key',
    load: async () => (await import('./operate/rotate.js')).rotate,
  },
  {
    name: 'register',
    summary: 'register actors, sites and facilities (registrar)',
    load: async () => (await import('./operate/register.js')).register,
  },
  {
    name: 'declare',
    summary: 'declare a new lot at a mine site',
    load: async () => (await import('./sign/declare.js')).declare,
  },
  {
    name: 'dispatch',
    summary: 'dispatch lots to their next holder',
    load: async () => (await import('./sign/handover.js')).dispatch,
  },
  {
    name: 'receive',
    summary: 'accept lots that were dispatched to you',
    load: async () => (await import('./sign/handover.js')).receive,
  },
  {
    name: 'reject',
    summary: 'refuse lots that were dispatched to you',
    load: async () => (await import('./sign/handover.js')).reject,
  },
  {
    name: 'recall',
    summary: 'withdraw a dispatch that never arrived',
    load: async () => (await import('./sign/holding.js')).recall,
  },
  {
    name: 'split',
    summary: 'split one lot into several',
    load: async () => (await import('./sign/transform.js')).split,
  },
  {
    name: 'aggregate',
    summary: 'combine several lots into one',
    load: async () => (await import('./sign/transform.js')).aggregate,
  },
  {
    name: 'measure',
    summary: 'weigh or assay lots that you hold',
    load: async () => (await import('./sign/holding.js')).measure,
  },
  {
    name: 'seal',
    summary: 'record seals and tags that are put on or removed',
    load: async () => (await import('./sign/holding.js')).seal,
  },
  {
    name: 'close',
    summary: 'close lots: lost, destroyed, sold to end use',
    load: async () => (await import('./sign/holding.js')).close,
  },
  {
    name: 'dispute',
    summary: 'dispute an event that names you',
    load: async () => (await import('./sign/dispute.js')).dispute,
  },
  {
    name: 'new',
    summary: 'print an example body of an event',
    load: async () => (await import('./sign/new.js')).newEvent,
  },
  {
    name: 'check',
    summary: 'check an event before it is signed or sent',
    load: async () => (await import('./sign/check.js')).check,
  },
  {
    name: 'record',
    summary: 'sign and send an event of any type',
    load: async () => (await import('./sign/record.js')).record,
  },
  {
    name: 'submit',
    summary: 'submit an event that was signed elsewhere',
    load: async () => (await import('./sign/submit.js')).submit,
  },
  {
    name: 'outbox',
    summary: 'list, send and drop saved signed events',
    load: async () => (await import('./sign/outbox.js')).outbox,
  },
  {
    name: 'lots',
    summary: 'list lots, newest first',
    load: async () => (await import('./look/lots.js')).lots,
  },
  {
    name: 'lot',
    summary: "show a lot's state, verdicts and history",
    load: async () => (await import('./look/lot.js')).lot,
  },
  {
    name: 'stock',
    summary: 'show what actors hold, by mineral',
    load: async () => (await import('./look/stock.js')).stock,
  },
  {
    name: 'tag',
    summary: "show a tag's history",
    load: async () => (await import('./look/tag.js')).tag,
  },
  {
    name: 'sites',
    summary: 'list the registered mine sites',
    load: async () => (await import('./look/sites.js')).sites,
  },
  {
    name: 'actors',
    summary: 'list the registered actors',
    load: async () => (await import('./look/actors.js')).actors,
  },
  {
    name: 'waiting',
    summary: 'list events that wait for an earlier event',
    load: async () => (await import('./sign/waiting.js')).waiting,
  },
  {
    name: 'findings',
    summary: 'list findings of the rules, newest first',
    load: async () => (await import('./look/findings.js')).findings,
  },
  {
    name: 'bundle',
    summary: "save a lot's whole history as one file",
    load: async () => (await import('./look/bundle.js')).bundle,
  },
  {
    name: 'disclose',
    summary: 'show chosen claims of an event to one reader',
    load: async () => (await import('./access/disclose.js')).disclose,
  },
  {
    name: 'verify',
    summary: 'check a bundle, receipt or presentation offline',
    load: async () => (await import('./look/verify.js')).verify,
  },
  {
    name: 'witness',
    summary: 'cosign checkpoints of other ledgers, as a witness',
    load: async () => (await import('./operate/witness.js')).witness,
  },
  {
    name: 'access',
    summary: 'who may see your lots: grants, share links, keys',
    load: async () => (await import('./access/access.js')).access,
  },
  {
    name: 'contacts',
    summary: 'how actors are reached: show, set, erase',
    load: async () => (await import('./access/contacts.js')).contacts,
  },
  {
    name: 'alerts',
    summary: 'list, follow, acknowledge and resolve alerts',
    load: async () => (await import('./follow/alerts.js')).alerts,
  },
  {
    name: 'subscribe',
    summary: 'receive alerts by webhook or mail',
    load: async () => (await import('./follow/subscribe.js')).subscribe,
  },
  {
    name: 'scenario',
    summary: 'run a supply chain described in a file',
    load: async () => (await import('./operate/scenario.js')).scenario,
  },
  {
    name: 'replay',
    summary: 'rebuild everything from the log and compare',
    load: async () => (await import('./operate/replay.js')).replay,
  },
  {
    name: 'audit',
    summary: 'verify the stored ledger, or monitor another',
    load: async () => (await import('./operate/audit.js')).audit,
  },
  {
    name: 'backup',
    summary: 'back up the whole ledger to one file',
    load: async () => (await import('./operate/backup.js')).backup,
  },
  {
    name: 'restore',
    summary: 'restore a ledger from a backup',
    load: async () => (await import('./operate/backup.js')).restore,
  },
  {
    name: 'migrate',
    summary: 'migrate the database to this version',
    load: async () => (await import('./operate/migrate.js')).migrate,
  },
  {
    name: 'config',
    summary: 'check and show the configuration',
    load: async () => (await import('./operate/config-check.js')).configCheck,
  },
  {
    name: 'completion',
    summary: 'print command completion for your shell',
    load: async () => (await import('./completion.js')).completion,
  },
  {
    name: 'help',
    summary: 'explain a command',
    load: async () => (await import('./help.js')).help,
  },
];
