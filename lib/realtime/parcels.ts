/**
 * What one process says to the others at once. Numbered, so that a receiver can tell what is a repetition and that
 * something is missing.
 */
export interface Parcel {
  readonly sender: string;
  readonly number: number;
  /** The messages as a JSON array, in their order. */
  readonly payload: string;
}

/** A parcel as a notification brings it: whole, or by its number alone. */
export type ReceivedParcel = Omit<Parcel, 'payload'> & { readonly payload: string | undefined };

/** PostgreSQL takes less than 8,000 bytes in one notification (documentation of NOTIFY). */
const maxNotificationBytes = 7_999;
/** More than a sender, a number and the spaces between take. */
const headerBytes = 64;

/** Packs messages (JSON each) into as few parcels as fit notifications; a larger message has a parcel to itself. */
export function packParcels(sender: string, firstNumber: number, messages: readonly string[]): Parcel[] {
  const parcels: Parcel[] = [];
  let together: string[] = [];
  let bytes = 0;
  const seal = (): void => {
    if (together.length > 0) {
      parcels.push({ sender, number: firstNumber + parcels.length, payload: `[${together.join(',')}]` });
    }
    together = [];
    bytes = 0;
  };
  for (const message of messages) {
    const size = Buffer.byteLength(message) + 1;
    if (bytes + size > maxNotificationBytes - headerBytes) seal();
    together.push(message);
    bytes += size;
  }
  seal();
  return parcels;
}

/** Whether a parcel must be stored for its receivers to fetch. */
export function isLarge({ payload }: Parcel): boolean {
  return Buffer.byteLength(payload) > maxNotificationBytes - headerBytes;
}

export function toNotification(parcel: Parcel): string {
  const header = `${parcel.sender} ${parcel.number}`;
  return isLarge(parcel) ? header : `${header} ${parcel.payload}`;
}

/** Undefined for what no process of this module has sent. */
export function readNotification(text: string): ReceivedParcel | undefined {
  const [, sender, number, payload] = /^([\w-]{1,36}) (\d{1,15})(?: (\[.*\]))?$/s.exec(text) ?? [];
  if (sender === undefined || number === undefined) return undefined;
  return { sender, number: Number(number), payload };
}
