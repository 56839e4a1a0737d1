import { Injectable } from '@nestjs/common';
import { AditError } from '../../../core/errors.js';
import { shown } from '../../../core/event/disclosure.js';
import { references } from '../../../core/event/references.js';
import type { GoodsKind } from '../../../core/rules/engine/goods-sought.js';
import type { Language } from '../../../core/api/alerts/subscription.js';
import type { GoodsEvent, GoodsPageData } from '../../../web/explorer/goods-page.js';
import { meaningIn } from '../rule-in.js';
import { FindNamed } from '../../provenance/find-named.js';
import { SearchLots } from '../../provenance/search-lots.js';
import { ListFindings } from '../../verification/findings/list-findings.js';

/** Gathers what is known of a certificate, a container, a seal or a vehicle: from the events that the viewer may see. */
@Injectable()
export class TellGoods {
  constructor(
    private readonly named: FindNamed,
    private readonly lots: SearchLots,
    private readonly findings: ListFindings,
  ) {}

  /** Gathers the events, the lots and the findings of an identifier. Throws `not-found` if the viewer sees no event of it. */
  async tell(kind: GoodsKind, name: string, language: Language): Promise<GoodsPageData> {
    const naming = (await this.named.naming(name)).filter((one) => one.kind === kind).map(({ event }) => event);
    if (naming.length === 0) throw new AditError('not-found', `There is no ${kind} ${name}.`);
    const about = [
      ...new Set(
        naming.flatMap((event) => [...references(event).lots.map(({ lot }) => lot), ...references(event).outputs]),
      ),
    ];
    const [lots, revokedAt, findings] = await Promise.all([
      this.lots.known(about),
      kind === 'certificate' ? this.named.revokedAt(name) : null,
      this.findings.restingOn(
        naming.map(({ id }) => id),
        about,
      ),
    ]);
    return {
      kind,
      name,
      events: naming.map((event) => {
        const { id, type, iss, occurredAt } = event;
        // Types that name goods have these claims in one form; others name none.
        return { id, type, iss, occurredAt, claims: shown(event).payload as GoodsEvent['claims'] };
      }),
      lots,
      revokedAt,
      findings: findings.map((finding) => ({ ...finding, ...meaningIn(finding.rule, language) })),
    };
  }
}
