import type { RandomSource } from '../support/random.js';
import type { Service } from './service.js';

/** Something done to a running service, and judged. It leaves the service as good as it was. */
export interface Trial {
  readonly name: string;
  run(service: Service, random: RandomSource): Promise<Report>;
}

export interface Report {
  /** What was seen, in one line. */
  readonly said: string;
  /** Everything that must not be. */
  readonly faults: readonly string[];
}
