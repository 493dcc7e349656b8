import { photo, preUpload, sendFiles } from '../images/support.js';
import type { PersonRef } from '../../lib/index.js';
import type { Caller, ChatHost } from '../support/chat-host.js';
import { say } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { addCustomers } from '../support/more-customers.js';

/** A chat and what is in it. */
export interface Place {
  readonly chatId: number;
  /** By the dentist, and by the customer. */
  readonly dentists: number;
  readonly customers: number;
  readonly imageId: number;
  /** The key of an upload of the customer's, which no message has. */
  readonly upload: string;
}

/** What a role's own place is to it by now. */
export type Standing = 'customer' | 'dentist' | 'former customer' | 'former dentist' | 'nobody';

export interface Role {
  readonly name: string;
  readonly caller: Caller;
  readonly standing: Standing;
  /** A good token, and one of somebody else. */
  readonly tokens: { readonly own: string; readonly other: string };
  readonly own: Place;
  /** A chat of other people. */
  readonly foreign: Place;
  /** Why they get no further than the door. */
  readonly turnedAway?: 'token_missing' | 'token_invalid' | 'actor_unknown';
}

/** No chat, message or image has this id. */
export const absent: Place = {
  chatId: 999_999,
  dentists: 999_999,
  customers: 999_999,
  imageId: 999_999,
  upload: 'a/key',
};

const { john, mary, nia, smith, lind } = people;

/** Chats of several pairs, one of which was parted, and two of which lost one of their people. */
export async function setScene(host: ChatHost): Promise<Role[]> {
  const [paul, removed] = await addCustomers(host, 2, lind);
  if (paul === undefined || removed === undefined) throw new Error('two were added');
  const johns = await fillChat(host, john, smith);
  const marys = await fillChat(host, mary, smith);
  const nias = await fillChat(host, nia, lind);
  const pauls = await fillChat(host, paul, lind);
  const removeds = await fillChat(host, removed, lind);
  await host.database.query('UPDATE customers SET dentist_id = $1 WHERE id = $2', [smith.id, nia.id]);
  await host.database.query('DELETE FROM customers WHERE id = $1', [removed.id]);

  const gone = { type: 'dentist', id: 77, token: host.tokens.djangoAccess(977) } as const;
  await host.database.query(`INSERT INTO dentists VALUES (77, 'Dr. Gone', NULL, 977)`);
  const [left] = await addCustomers(host, 1, gone);
  if (left === undefined) throw new Error('one was added');
  const lefts = await fillChat(host, left, gone);
  // A host's own foreign keys may say otherwise: then nobody is assigned.
  await host.database.query('ALTER TABLE customers DROP CONSTRAINT customers_dentist_id_fkey');
  await host.database.query('DELETE FROM dentists WHERE id = $1', [gone.id]);

  const outsider = { standing: 'nobody', own: johns, foreign: marys } as const;
  const roles: Omit<Role, 'tokens'>[] = [
    { name: 'a customer', caller: john, standing: 'customer', own: johns, foreign: marys },
    { name: 'a customer with the id of a dentist', caller: john, standing: 'customer', own: johns, foreign: nias },
    { name: 'a dentist', caller: smith, standing: 'dentist', own: johns, foreign: pauls },
    { name: 'a dentist with the id of a customer', caller: lind, standing: 'dentist', own: pauls, foreign: johns },
    { name: 'a reassigned customer', caller: nia, standing: 'former customer', own: nias, foreign: pauls },
    { name: 'a former dentist', caller: lind, standing: 'former dentist', own: nias, foreign: johns },
    { name: 'a dentist who follows', caller: smith, standing: 'dentist', own: marys, foreign: nias },
    { name: 'a removed customer', caller: removed, ...outsider, own: removeds, turnedAway: 'actor_unknown' },
    { name: 'a removed dentist', caller: gone, ...outsider, own: lefts, turnedAway: 'actor_unknown' },
    { name: 'a customer of a removed dentist', caller: left, standing: 'customer', own: lefts, foreign: johns },
    { name: 'nobody, without a token', caller: null, ...outsider, turnedAway: 'token_missing' },
    { name: 'a bad token', caller: { token: 'e30.e30.e30' }, ...outsider, turnedAway: 'token_invalid' },
  ];
  return roles.map((role) => ({
    ...role,
    tokens: { own: host.tokenOf(role.caller) ?? '', other: host.tokenOf(role.caller === mary ? john : mary) ?? '' },
  }));
}

async function fillChat(host: ChatHost, customer: PersonRef & Caller, dentist: PersonRef): Promise<Place> {
  const { id: chatId } = await host.chat.chats.start(customer);
  const [byCustomer] = await say(host, customer, chatId, 'My left aligner hurts');
  const [byDentist] = await say(host, dentist, chatId, 'Since when?');
  const { body } = await sendFiles(host, customer, chatId, [await photo()]);
  return {
    chatId,
    dentists: byDentist?.id ?? 0,
    customers: byCustomer?.id ?? 0,
    imageId: body.images?.[0]?.id ?? 0,
    upload: await preUpload(host, customer, chatId, await photo()),
  };
}
