/** One immutable value that changes over time. A listener runs after each change and reads what it needs. */
export interface Store<State> {
  get(): State;
  /** Does nothing when `change` returns the state it was given. */
  update(change: (state: State) => State): void;
  /** Returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void;
}

export function createStore<State>(initial: State): Store<State> {
  let state = initial;
  const listeners = new Set<() => void>();

  return {
    get: () => state,
    update(change) {
      const next = change(state);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) tell(listener);
    },
    subscribe(listener) {
      // A function of its own, so that who subscribes the same one twice is told twice.
      const own = (): void => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

/** A page's fault is reported as the fault of any event listener is, and stops neither the others nor the client. */
function tell(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}
