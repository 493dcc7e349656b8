// Those of the API document. A test holds them against the schemas.

const customer = { id: 1, name: 'John Doe' };
const dentist = { id: 5, name: 'Dr. Smith' };

export const chatListExample = {
  chats: [
    {
      id: 123,
      customer,
      dentist,
      lastMessage: { content: 'Thank you!', createdAt: '2026-02-13T10:30:00Z', senderType: 'customer' },
      unreadCount: 2,
      updatedAt: '2026-02-13T10:30:00Z',
    },
  ],
};

export const chatExample = {
  id: 123,
  customer: { ...customer, email: 'john@example.com' },
  dentist: { ...dentist, email: 'smith@clinic.com' },
  status: 'active',
  createdAt: '2026-01-15T09:00:00Z',
  updatedAt: '2026-02-13T10:30:00Z',
};

export const startedChatExample = { id: 124, customer, dentist, status: 'active', createdAt: '2026-02-13T11:00:00Z' };
