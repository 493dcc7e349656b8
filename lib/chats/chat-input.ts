import { z } from 'zod';
import { parseChatCursor } from './chat-cursor.js';
import { id, idText, integerText } from '../parse-input.js';

/** Chats on one page of a list. */
export const maxPage = 500;

export const chatParams = z.object({ chatId: idText });

const cursorProblem = 'must be a nextCursor';
const cursor = z
  .string(cursorProblem)
  .max(40, cursorProblem)
  .transform((text, context) => {
    const parsed = parseChatCursor(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: cursorProblem });
    return z.NEVER;
  });

/** `GET /api/chats`: all at once, or in pages where `limit` or `before` is given. */
export const listQuery = z.object({ limit: integerText(1, maxPage).optional(), before: cursor.optional() });

/** The same from the host's own code. */
export const listInput = z.object({ limit: z.int().min(1).max(maxPage).optional(), before: cursor.optional() });

/** A list as it is asked for, parsed. */
export type ListChatsInput = z.output<typeof listInput>;

export const chatIdInput = z.object({ chatId: id });
