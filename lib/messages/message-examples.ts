// Those of the API document. A test holds them against the schemas.

const imageUrls = ['https://pictures.example.com/chats/123/9f2c?signature=9a1b'];

export const messagePageExample = {
  messages: [
    {
      id: 456,
      senderType: 'dentist',
      senderId: 5,
      content: 'How are your aligners fitting?',
      imageUrls: [],
      createdAt: '2026-02-13T10:00:00Z',
      isRead: true,
      readAt: '2026-02-13T10:05:00Z',
    },
    {
      id: 457,
      senderType: 'customer',
      senderId: 1,
      content: "They're fitting great!",
      imageUrls,
      createdAt: '2026-02-13T10:30:00Z',
      isRead: false,
      readAt: null,
    },
  ],
  hasMore: true,
  nextCursor: '455',
};

export const sentMessageExample = {
  id: 458,
  senderType: 'customer',
  senderId: 1,
  content: 'Here is my progress photo',
  imageUrls,
  createdAt: '2026-02-13T11:00:00Z',
  isRead: false,
};

export const messageBodyExample = { content: 'Hello, I have a question about my treatment.' };

export const readMessageExample = { id: 457, isRead: true, readAt: '2026-02-13T11:05:00Z' };

export const readReceiptExample = { messageId: 457, messageIds: [454, 457], readAt: '2026-02-13T11:05:00Z' };

export const messageSendExample = { sessionId: 123, content: 'Hello!', imageUrls: [] };

export const newMessageExample = {
  id: 458,
  sessionId: 123,
  senderType: 'dentist',
  senderId: 5,
  content: 'Please send a photo',
  imageUrls: [],
  createdAt: '2026-02-13T11:00:00Z',
};

export const receiptEventExample = {
  sessionId: 123,
  messageId: 456,
  messageIds: [456],
  readAt: '2026-02-13T11:05:00Z',
};
