import { ackedId } from './journal.js';
import { judgeAnswers, judgeRefusedReads } from './judges/answers.js';
import { judgeFollower } from './judges/followers.js';
import { judgePictures } from './judges/pictures.js';
import { judgeReads } from './judges/reads.js';
import { judgeSendings } from './judges/sendings.js';
import { judgeUnread } from './judges/unread.js';
import type { Load } from './load.js';
import type { Pardon } from './pardon.js';
import type { Service } from './service.js';
import { readStored, type Stored } from './stored.js';

/** What a run has shown; every line of `faults` is something that must not be. */
export interface Verdict {
  readonly faults: readonly string[];
  readonly stored: readonly Stored[];
  readonly acked: number;
  readonly retried: number;
}

/**
 * Holds what everybody knows against what the database has of after `since`, once everybody has come to an end. `pardon`
 * is what clients may have been told beside success.
 */
export async function judge(service: Service, load: Load, since: number, pardon?: Pardon): Promise<Verdict> {
  const stored = await readStored(service, since);
  const sendings = load.senders.flatMap((sender) => sender.sendings);
  return {
    faults: [
      ...service.incidents.splice(0),
      ...judgeRefusedReads(load.readers, pardon),
      ...(await judgeReads(service, load.readers)),
      ...judgeSendings(sendings, stored),
      ...judgePictures(service, sendings, stored),
      ...judgeAnswers(sendings, pardon),
      ...load.followers.flatMap((follower) => judgeFollower(follower, stored, since)),
      ...(await judgeUnread(service)),
    ],
    stored,
    acked: sendings.filter((sending) => ackedId(sending) !== undefined).length,
    retried: sendings.filter(({ attempts }) => attempts.length > 1).length,
  };
}
