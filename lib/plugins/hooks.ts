import type { Actor } from '../auth/actor.js';
import type { Chat, StartChatInput } from '../chats/chat.js';
import type {
  MarkReadInput,
  Message,
  MessagePage,
  PageInput,
  ReadReceipt,
  SendMessageInput,
} from '../messages/message.js';
import type { PresenceChange } from '../presence/presence-change.js';

/** A call at one of the doors, before its input is parsed. */
export interface Call {
  readonly door: 'http' | 'socket';
  /** The route (`POST /api/chats/:chatId/messages`) or the event (`message:send`). */
  readonly operation: string;
}

/** What can be hooked: for each operation, what goes in and what comes out. */
export interface HookPoints {
  SendMessage: { input: SendMessageInput; result: Message };
  ReadMessages: { input: PageInput; result: MessagePage };
  MarkRead: { input: MarkReadInput; result: ReadReceipt };
  StartChat: { input: StartChatInput; result: Chat };
  /** `can*` and `before*` are asked when somebody comes online; going offline nobody can refuse. */
  ChangePresence: { input: PresenceChange; result: PresenceChange };
}

export type HookPoint = keyof HookPoints;

export const hookPoints = [
  'SendMessage',
  'ReadMessages',
  'MarkRead',
  'StartChat',
  'ChangePresence',
] as const satisfies readonly HookPoint[];

export interface HookContext {
  readonly actor: Actor;
}

type CanHooks = {
  /** Refuses by throwing (`chatError(...)`); the first refusal wins. */
  [P in HookPoint as `can${P}`]?: (input: HookPoints[P]['input'], context: HookContext) => void | Promise<void>;
};
type BeforeHooks = {
  /** Runs in turn before the transaction; may return an input that replaces the given one, or refuse by throwing. */
  [P in HookPoint as `before${P}`]?: (
    input: HookPoints[P]['input'],
    context: HookContext,
  ) => HookPoints[P]['input'] | void | Promise<HookPoints[P]['input'] | void>;
};
type AfterHooks = {
  /** Runs after commit. A failure is logged with the plugin's name and fails nothing. */
  [P in HookPoint as `after${P}`]?: (result: HookPoints[P]['result'], context: HookContext) => void | Promise<void>;
};

/**
 * The hooks of a plugin, each optional. What they are given is frozen. Each has 10 s: then its call fails as if it had
 * thrown, and what it does later goes unheard.
 */
export interface Hooks extends CanHooks, BeforeHooks, AfterHooks {
  /** Refuses a call at a door (REST or socket) before its input is parsed: limits, maintenance, audit. */
  canCall?(call: Call, context: HookContext): void | Promise<void>;
}
