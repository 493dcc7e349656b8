import { serve } from './serve.js';
import { chatServer } from './yardstick.js';

// Yardstick (a), the ceiling: Socket.IO tells the room, and nothing is kept.

let count = 0;

await serve(
  chatServer(async ({ type, id }, { sessionId, content }) => {
    count += 1;
    const createdAt = new Date().toISOString();
    return { id: count, sessionId, senderType: type, senderId: id, content, imageUrls: [], createdAt };
  }),
);
