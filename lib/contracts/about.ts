/** Of the contracts, and not of the package: it goes up when what travels changes. */
export const contractVersion = '1.0.0';

export const license = { name: 'MIT' };

export const about = `Chat between customers and their dentists.

- **Ids** are positive whole numbers of at most 2^53-1. A user is a pair of type and id: customer 1 and dentist 1 are two people.
- **Dates** are ISO 8601, in UTC.
- **Errors** are \`{ code, message, details? }\`. Choose by the code; the message is for developers, in English. \`details\` has what
  else there is to know: \`issues\` of an \`invalid_request\`, \`retryAfterSeconds\`, a limit.
- **Fields and events may be added.** Clients ignore what they do not know.
- **To lose nothing:** send with a \`clientMessageId\` and retry with the same one; after a reconnect, page through
  \`after=<the last id you have>\`. Within a chat, ids ascend in the order of commits.`;
