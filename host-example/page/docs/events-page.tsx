import { useEffect, useState } from 'react';
import { follow, type EventMessage, type EventOperation, type EventsDocument } from './events-document.js';
import { SchemaFields } from './schema-fields.js';

/** The socket events, as `asyncapi.json` tells them. */
export function EventsPage() {
  const [document, setDocument] = useState<EventsDocument | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    fetch('/api/contracts/asyncapi.json')
      .then(async (response) => setDocument((await response.json()) as EventsDocument))
      .catch(() => setFailed(true));
  }, []);

  if (failed) return <p>The contract cannot be reached. Is the demo still running?</p>;
  if (document === null) return null;
  const of = (action: EventOperation['action']) =>
    Object.entries(document.operations).filter(([, operation]) => operation.action === action);
  return (
    <div className="events">
      <p className="events-about">
        Socket.IO events. The whole contract: <a href="/api/contracts/asyncapi.json">asyncapi.json</a> (AsyncAPI 3)
      </p>
      <h2>Client to server</h2>
      {of('receive').map(([key, operation]) => (
        <Event key={key} document={document} operation={operation} />
      ))}
      <h2>Server to client</h2>
      {of('send').map(([key, operation]) => (
        <Event key={key} document={document} operation={operation} />
      ))}
    </div>
  );
}

function Event({ document, operation }: { document: EventsDocument; operation: EventOperation }) {
  const [reference] = operation.messages;
  if (reference === undefined) return null;
  const message = follow<EventMessage>(document, reference);
  const [ack] = (operation.reply?.messages ?? []).map((one) => follow<EventMessage>(document, one));
  const [accepted] = ack?.payload.oneOf ?? [];
  return (
    <article>
      <h3>
        <code>{message.name}</code> <span>{operation.summary}</span>
      </h3>
      <Text>{message.description}</Text>
      <SchemaFields document={document} schema={message.payload} title={`Fields of ${message.name}`} />
      {message.examples?.map(({ payload }, index) => (
        <pre key={index}>{JSON.stringify(payload, null, 2)}</pre>
      ))}
      {accepted === undefined ? null : (
        <SchemaFields document={document} schema={accepted} title={`Ack of ${message.name}`} />
      )}
      <Text>{ack?.description}</Text>
    </article>
  );
}

/** The plainest of Markdown: paragraphs and lists, code marks left as they are. */
function Text({ children }: { children: string | undefined }) {
  if (children === undefined) return null;
  return children.split('\n\n').map((part) =>
    part.startsWith('- ') ? (
      <ul key={part}>
        {part.split('\n').map((line) => (
          <li key={line}>{line.slice(2).replaceAll('`', '')}</li>
        ))}
      </ul>
    ) : (
      <p key={part}>{part.replaceAll('`', '')}</p>
    ),
  );
}
