import { chatError, definePlugin, type PersonRef, type Plugin } from '../../lib/index.js';

export interface NextMessageFails {
  readonly plugin: Plugin;
  /** The next message of this person is refused, once. */
  arm(person: PersonRef): void;
}

/** Lets a visitor see what becomes of a message that fails: a plugin that refuses one on request. */
export function nextMessageFails(): NextMessageFails {
  const armed = new Set<string>();
  const key = ({ type, id }: PersonRef): string => `${type}-${id}`;

  return {
    arm: (person) => void armed.add(key(person)),
    plugin: definePlugin({
      name: 'next-message-fails',
      version: '1.0.0',
      hooks: {
        canSendMessage(_input, { actor }) {
          if (armed.delete(key(actor))) throw chatError('refused');
        },
      },
    }),
  };
}
