/** What of Swagger UI is used here; `swagger-ui-bundle.js` of the package puts it on the window. */
interface SwaggerUi {
  preauthorizeApiKey(scheme: string, token: string): void;
}

declare global {
  interface Window {
    SwaggerUIBundle(options: {
      domNode: Element;
      url: string;
      /** Whose service says whether a document is valid; null for nobody's. */
      validatorUrl: null;
      onComplete(): void;
    }): SwaggerUi;
  }
}

/** The REST contract, to be tried out as the demo's first patient. */
export async function showRest(domNode: Element): Promise<void> {
  const response = await fetch('/demo/people/customer-1/token', { method: 'POST' });
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  const { token } = (await response.json()) as { token: string };
  const ui = window.SwaggerUIBundle({
    domNode,
    url: '/api/contracts/openapi.json',
    validatorUrl: null,
    onComplete: () => ui.preauthorizeApiKey('token', token),
  });
}
