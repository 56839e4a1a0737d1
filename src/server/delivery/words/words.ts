/** One word or phrase in the forms that its number asks for; `many` where a language has it (un million de lots). */
export interface Plural {
  one: string;
  many?: string;
  other: string;
}

/** All texts of a mail in one language; the compiler checks that none is missing. */
export type Words = Readonly<Record<PhraseKey, string> & Record<PluralKey, Plural>>;

export type PhraseKey =
  | 'colon'
  | `severity.${'low' | 'medium' | 'high' | 'critical'}`
  | `status.${'open' | 'acknowledged' | 'resolved' | 'regressed' | 'escalated' | 'silenced'}`
  | `subject.${'opened' | 'updated' | 'regressed' | 'acknowledged' | 'resolved' | 'escalated'}`
  | `kind.${'opened' | 'updated' | 'regressed' | 'acknowledged' | 'resolved' | 'escalated'}`
  | `label.${'severity' | 'status' | 'measured' | 'limit' | 'opened' | 'due' | 'wasDue' | 'count' | 'group' | 'rule'}`
  | `label.${'lots' | 'events' | 'detail' | 'ledger' | 'period' | 'endpoint' | 'since'}`
  | `group.${'consignment' | 'site' | 'root'}`
  | `link.${'alert' | 'rule' | 'bundle' | 'report' | 'manage'}`
  | `check.${'heading' | 'download' | 'noBundle' | 'key' | 'events'}`
  | 'entry'
  | 'question'
  | `footer.${'why' | 'automatic'}`
  | `digest.${'subjectNone' | 'none'}`
  | `test.${'subject' | 'title' | 'body'}`
  | `disabled.${'subject' | 'failing' | 'gone' | 'next' | 'kept'}`;

export type PluralKey =
  'andMore' | 'moreItems' | 'inhibited' | 'descendants' | `digest.${'subject' | 'title' | 'more'}`;
