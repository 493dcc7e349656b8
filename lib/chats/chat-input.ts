import { z } from 'zod';
import { id, idText, integerText } from '../parse-input.js';

/** Chats on one page of a list. */
export const maxPage = 500;

export const chatParams = z.object({ chatId: idText });

const cursor = z.string('must be a nextCursor').max(40, 'must be a nextCursor');

/** `GET /api/chats`: all at once, or in pages where `limit` or `before` is given. */
export const listQuery = z.object({ limit: integerText(1, maxPage).optional(), before: cursor.optional() });

/** The same from the host's own code. */
export const listInput = z.object({ limit: z.int().min(1).max(maxPage).optional(), before: cursor.optional() });

export const chatIdInput = z.object({ chatId: id });
