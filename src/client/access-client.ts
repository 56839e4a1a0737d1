import type { AccessExplanation } from '../core/api/access/access.js';
import type { Contact } from '../core/api/access/contact.js';
import type { Grant } from '../core/api/access/grant.js';
import type { CreatedMachineKey, MachineKey, NewMachineKey } from '../core/api/access/machine-key.js';
import type { Passport } from '../core/api/access/passport.js';
import type { Access, MadeShare, Share } from '../core/api/access/share.js';
import { ApiRequests } from './requests.js';

const lotPath = (id: string): string => `/v1/lots/${encodeURIComponent(id)}`;
const contactPath = (actor: string): string => `/v1/contacts/${encodeURIComponent(actor)}`;
const keyPath = (id: string): string => `/v1/keys/${encodeURIComponent(id)}`;

/** A client of who may see what: grants, share links, keys for machines, contacts, and the record of access. */
export class AccessClient extends ApiRequests {
  /** Explains to the holder of a lot why an actor sees it, or does not. */
  explain(lot: string, actor: string): Promise<AccessExplanation> {
    return this.json(`/v1/access/explain?${new URLSearchParams({ lot, actor }).toString()}`);
  }

  /** Lists the grants that were given by and to the actor that is signed in. */
  grants(query: { by?: string; to?: string } = {}): AsyncGenerator<Grant> {
    return this.pages<Grant>('/v1/grants', query);
  }

  /** Lists who read a lot, for its holder. */
  accesses(lot: string): AsyncGenerator<Access> {
    return this.pages<Access>(`${lotPath(lot)}/accesses`);
  }

  makeShare(lot: string, asked: { expiresAt: string; label?: string; disclosures: boolean }): Promise<MadeShare> {
    return this.json(`${lotPath(lot)}/shares`, { method: 'POST', body: asked, once: true });
  }

  async shares(lot: string): Promise<Share[]> {
    return (await this.json<{ items: Share[] }>(`${lotPath(lot)}/shares`)).items;
  }

  async withdrawShare(id: string): Promise<void> {
    await this.request(`/v1/shares/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  publishPassport(lot: string, asked: { evidence: boolean; gtin?: string; serial?: string }): Promise<Passport> {
    return this.json(`${lotPath(lot)}/passport`, { method: 'POST', body: asked });
  }

  /** Returns the passport of a lot. */
  passport(lot: string): Promise<Passport> {
    return this.json(`${lotPath(lot)}/passport`);
  }

  async withdrawPassport(lot: string): Promise<void> {
    await this.request(`${lotPath(lot)}/passport`, { method: 'DELETE' });
  }

  makeKey(asked: NewMachineKey): Promise<CreatedMachineKey> {
    return this.json('/v1/keys', { method: 'POST', body: asked, once: true });
  }

  keys(): AsyncGenerator<MachineKey> {
    return this.pages<MachineKey>('/v1/keys');
  }

  rotateKey(id: string, overlapHours: number): Promise<CreatedMachineKey> {
    return this.json(`${keyPath(id)}/rotate`, { method: 'POST', body: { overlapHours }, once: true });
  }

  async endKey(id: string): Promise<void> {
    await this.request(keyPath(id), { method: 'DELETE' });
  }

  contacts(): AsyncGenerator<Contact> {
    return this.pages<Contact>('/v1/contacts');
  }

  contact(actor: string): Promise<Contact> {
    return this.json(contactPath(actor));
  }

  /** Replaces the contacts of an actor by what `PUT /v1/contacts/{actor}` accepts. */
  setContact(actor: string, asked: object): Promise<Contact> {
    return this.json(contactPath(actor), { method: 'PUT', body: asked });
  }

  async eraseContact(actor: string): Promise<void> {
    await this.request(contactPath(actor), { method: 'DELETE' });
  }
}
