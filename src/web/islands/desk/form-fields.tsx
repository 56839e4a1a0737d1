import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Field } from '../../../core/event/fields.js';
import type { FormLot } from '../../desk/desk-data.js';
import { EXTENDING, type Counts, type Texts } from '../../desk/compose.js';
import type { Fault, MassUnit } from '../../desk/typed.js';
import { sessionClient } from '../browser/session.js';
import { useSay } from './mount.js';
import { CellInput, FaultText } from './parts.js';

/** What a form shows and changes. */
export interface FormState {
  texts: Texts;
  counts: Counts;
  faults: Readonly<Record<string, Fault>>;
  lots: readonly FormLot[];
  unit: MassUnit;
  set: (path: string, text: string) => void;
  add: (list: string) => void;
}

interface FieldsProps {
  fields: readonly Field[];
  first: readonly string[];
  form: FormState;
}

const ACTORS = 'actors';
const ACTORS_SHOWN = 200;

/** Renders the claims of an event: lots and rows as tables, the usual claims first, the others folded away. */
export function Fields({ fields, first, form }: FieldsProps): VNode {
  const say = useSay();
  const lists = fields.filter(({ kind }) => kind === 'list');
  const single = fields.filter(({ kind }) => kind !== 'list');
  const begins = single.filter(({ claim, required }) => required || claim === 'occurredAt' || first.includes(claim));
  const rest = single.filter((field) => !begins.includes(field));
  const order = ({ claim }: Field): number => (first.includes(claim) ? first.indexOf(claim) : first.length);
  return (
    <>
      <div class="fields">
        {begins
          .toSorted((a, b) => order(a) - order(b))
          .map((field) => (
            <FieldInput key={field.claim} field={field} path={field.claim} form={form} />
          ))}
      </div>
      {lists.map((list) => (
        <Rows key={list.claim} list={list} first={first} form={form} />
      ))}
      {rest.length === 0 ? null : (
        <details>
          <summary>{say.word('desk.further')}</summary>
          <div class="fields">
            {rest.map((field) => (
              <FieldInput key={field.claim} field={field} path={field.claim} form={form} />
            ))}
          </div>
        </details>
      )}
      <ActorNames />
    </>
  );
}

/** The actors of the ledger, as suggestions for what is typed. */
function ActorNames(): VNode {
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    const read = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const { actor } of sessionClient.actors()) if (found.push(actor) === ACTORS_SHOWN) break;
      return found;
    };
    read().then(setNames, () => null);
  }, []);
  return (
    <datalist id={ACTORS}>
      {names.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}

/** Returns the name of a claim for people, with the unit of a mass. */
function useLabel(): (field: Field, unit: MassUnit) => string {
  const say = useSay();
  return ({ claim, kind, required }, unit) => {
    if (claim === 'occurredAt' && !required) return say.word('desk.receivedWhen');
    const name = say.coded('desk.claim', claim);
    return kind === 'mass' ? `${name}, ${unit}` : kind === 'percent' ? `${name}, %` : name;
  };
}

interface InputProps {
  field: Field;
  path: string;
  form: FormState;
}

function FieldInput({ field, path, form }: InputProps): VNode {
  const say = useSay();
  const label = useLabel();
  const id = `f-${path}`;
  const fault = form.faults[path];
  if (field.kind === 'group')
    return (
      <fieldset>
        <legend>{say.coded('desk.claim', field.claim)}</legend>
        {(field.fields ?? []).map((inner) => (
          <FieldInput key={inner.claim} field={inner} path={`${path}.${inner.claim}`} form={form} />
        ))}
      </fieldset>
    );
  return (
    <div>
      <label for={id}>
        {label(field, form.unit)}
        {field.required ? ' *' : ''}
      </label>
      <Control field={field} id={id} path={path} form={form} />
      {fault === undefined ? null : <FaultText id={`${id}-fault`} fault={fault} />}
    </div>
  );
}

const types: Readonly<Partial<Record<Field['kind'], 'datetime-local' | 'date'>>> = {
  instant: 'datetime-local',
  date: 'date',
};

/** Renders the input of a claim by its kind, without its label. */
function Control({ field, id, path, form }: InputProps & { id: string }): VNode {
  const say = useSay();
  const fault = form.faults[path];
  const common = {
    id,
    value: form.texts[path] ?? '',
    'aria-required': field.required,
    'aria-invalid': fault !== undefined,
    'aria-describedby': fault === undefined ? undefined : `${id}-fault`,
    class: fault === undefined ? undefined : 'wrong',
  };
  if (field.kind === 'choice')
    return (
      <select {...common} onChange={({ currentTarget }) => form.set(path, currentTarget.value)}>
        <option value="">{say.word('desk.notSaid')}</option>
        {(field.options ?? []).map((code) => (
          <option key={code} value={code}>
            {say.coded(field.claim, code)}
          </option>
        ))}
      </select>
    );
  return (
    <input
      {...common}
      type={types[field.kind] ?? 'text'}
      list={field.kind === 'id' && field.claim !== 'site' && field.claim !== 'facility' ? ACTORS : undefined}
      maxLength={1_000}
      autoComplete="off"
      spellcheck={false}
      onInput={({ currentTarget }) => form.set(path, currentTarget.value)}
    />
  );
}

interface RowsProps {
  list: Field;
  first: readonly string[];
  form: FormState;
}

/** Renders a list of the event as a table: a row for each lot that exists, or rows to be filled. */
function Rows({ list, first, form }: RowsProps): VNode {
  const say = useSay();
  const [wide, setWide] = useState(false);
  const inner = (list.fields ?? []).filter(({ kind }) => kind !== 'group' && kind !== 'list');
  const order = ({ claim }: Field): number => {
    const at = first.indexOf(`${list.claim}.${claim}`);
    return at === -1 ? first.length : at;
  };
  const shown = inner
    .filter((field) => wide || field.required || order(field) < first.length)
    .toSorted((a, b) => order(a) - order(b));
  return (
    <section>
      <h2>
        <span>{say.coded('desk.list', list.claim)}</span>
        <span class="more">
          {shown.length === inner.length && !wide ? null : (
            <button class="link" type="button" aria-expanded={wide} onClick={() => setWide(!wide)}>
              {say.word(wide ? 'desk.fewerColumns' : 'desk.moreColumns')}
            </button>
          )}
        </span>
      </h2>
      <RowsTable list={list} columns={shown} form={form} />
      {EXTENDING.has(list.claim) || list.one === true ? null : (
        <p>
          <button class="btn" type="button" onClick={() => form.add(list.claim)}>
            {say.word('desk.addRow')}
          </button>
        </p>
      )}
    </section>
  );
}

function RowsTable({ list: { claim }, columns, form }: { list: Field; columns: Field[]; form: FormState }): VNode {
  const say = useSay();
  const label = useLabel();
  const existing = EXTENDING.has(claim);
  const count = existing ? form.lots.length : (form.counts[claim] ?? 0);
  return (
    <div class="scroll">
      <table class="stack sheet" aria-label={say.coded('desk.list', claim)}>
        <thead>
          <tr>
            <th scope="col">{existing ? say.word('desk.lot') : say.word('desk.number')}</th>
            {existing ? (
              <th scope="col" class="n">
                {say.word('desk.now')}
              </th>
            ) : null}
            {columns.map((field) => (
              <th key={field.claim} scope="col">
                {label(field, form.unit)}
                {field.required ? ' *' : ''}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: count }, (_, i) => (
            <ListRow
              key={i}
              path={`${claim}.${i}`}
              lot={existing ? form.lots[i] : undefined}
              at={i}
              {...{ columns, form }}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ListRowProps {
  path: string;
  /** The lot of the row; undefined for one that the event makes. */
  lot: FormLot | undefined;
  at: number;
  columns: readonly Field[];
  form: FormState;
}

function ListRow({ path, lot, at, columns, form }: ListRowProps): VNode {
  const say = useSay();
  const label = useLabel();
  return (
    <tr>
      <td>{lot === undefined ? at + 1 : <LotCell lot={lot} />}</td>
      {lot === undefined ? null : (
        <td class="n" data-label={say.word('desk.now')}>
          {lot.shown}
        </td>
      )}
      {columns.map((field) => (
        <td key={field.claim} data-label={label(field, form.unit)}>
          <Cell field={field} path={`${path}.${field.claim}`} name={lot?.called ?? String(at + 1)} form={form} />
        </td>
      ))}
    </tr>
  );
}

const LotCell = ({ lot }: { lot: FormLot }): VNode => (
  <>
    <a href={`/lots/${lot.id}`} title={lot.id}>
      {lot.called}
    </a>{' '}
    <small>{lot.goods}</small>
  </>
);

function Cell({ field, path, name, form }: InputProps & { name: string }): VNode {
  const label = useLabel();
  const id = `f-${path}`;
  const text = `${label(field, form.unit)}: ${name}`;
  if (field.kind === 'choice')
    return (
      <>
        <label class="sr" for={id}>
          {text}
        </label>
        <Control field={field} id={id} path={path} form={form} />
        {form.faults[path] === undefined ? null : <FaultText id={`${id}-fault`} fault={form.faults[path]} />}
      </>
    );
  return (
    <CellInput
      id={id}
      label={text}
      className={field.kind === 'mass' || field.kind === 'percent' ? 'amount' : ''}
      value={form.texts[path] ?? ''}
      set={(value) => form.set(path, value)}
      fault={form.faults[path]}
    />
  );
}
