import { createServer } from 'node:http';
import { expect } from 'chai';
import sinon from 'sinon';
import { Server, type Namespace } from 'socket.io';
import { Adapter, type BroadcastOptions } from 'socket.io-adapter';
import { createAdapterBus, type AdapterBus } from '../../lib/realtime/adapter-bus.js';
import { recordingLogger } from '../support/recording-logger.js';

/** What carries packets between the processes, and may lose them. */
class Wire {
  readonly ends = new Set<WiredAdapter>();
  isCut = false;
}

class WiredAdapter extends Adapter {
  readonly #wire: Wire;
  readonly #name: string;

  constructor(nsp: Namespace, wire: Wire) {
    super(nsp);
    this.#wire = wire;
    this.#name = nsp.name;
    wire.ends.add(this);
  }

  override broadcast(packet: object, options: BroadcastOptions): void {
    super.broadcast(packet, options);
    if (this.#wire.isCut) return;
    for (const end of this.#wire.ends) if (end !== this && end.#name === this.#name) end.hear(packet, options);
  }

  hear(packet: object, options: BroadcastOptions): void {
    super.broadcast(structuredClone(packet), options);
  }
}

interface Process {
  readonly bus: AdapterBus;
  readonly heard: unknown[];
  readonly missed: sinon.SinonSpy;
  close(): Promise<void>;
}

function startProcess(wire: Wire): Process {
  const adapter = function (nsp: Namespace) {
    return new WiredAdapter(nsp, wire);
  };
  const io = new Server(createServer(), { adapter: adapter as unknown as typeof Adapter });
  const missed = sinon.spy();
  const heard: unknown[] = [];
  const bus = createAdapterBus({ io, missed, logger: recordingLogger() });
  bus.listen('message:sent', (message) => heard.push(message));
  return {
    ...{ bus, heard, missed },
    async close() {
      bus.close();
      await io.close();
    },
  };
}

describe('a bus over an adapter of the host’s own', () => {
  let clock: sinon.SinonFakeTimers;
  let wire: Wire;
  let one: Process;
  let other: Process;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    wire = new Wire();
    one = startProcess(wire);
    other = startProcess(wire);
  });
  afterEach(async () => {
    await Promise.all([one.close(), other.close()]);
    clock.restore();
  });

  const say = (text: string): void => one.bus.publish('message:sent', { text });

  it('tells the others in order, and not whoever said it', () => {
    say('first');
    say('second');
    expect(other.heard).to.deep.equal([{ text: 'first' }, { text: 'second' }]);
    expect(one.heard).to.deep.equal([]);
    expect(other.missed.callCount).to.equal(0);
  });

  it('notices what the adapter has lost when something comes after it', () => {
    say('first');
    wire.isCut = true;
    say('lost');
    wire.isCut = false;
    expect(other.missed.callCount).to.equal(0);
    say('third');
    expect(other.missed.callCount).to.equal(1);
    expect(other.heard).to.deep.equal([{ text: 'first' }, { text: 'third' }]);
  });

  it('notices soon that the last thing said was lost', () => {
    say('first');
    wire.isCut = true;
    say('lost');
    wire.isCut = false;
    clock.tick(5_000);
    expect(other.missed.callCount).to.equal(1);
    expect(other.heard).to.deep.equal([{ text: 'first' }]);
    clock.tick(60_000);
    expect([one.missed.callCount, other.missed.callCount]).to.deep.equal([0, 1]);
  });
});
