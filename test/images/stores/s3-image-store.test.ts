import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { ChatSetupError, s3ImageStore } from '../../../lib/index.js';
import { codeOf } from './code-of.js';
import { itKeepsTheContract, itSaysThatItIsUnavailable } from './image-store-contract.js';
import { clientOf, itNeedsS3, listKeys, makeBucket, s3Credentials, s3Endpoint } from './s3-bucket.js';

const nowhere = { bucket: 'b', region: 'us-east-1', endpoint: 'http://127.0.0.1:9', credentials: s3Credentials };

describe('the S3 store', () => {
  afterEach(() => sinon.restore());

  for (const uploadMethod of ['POST', 'PUT'] as const) {
    describe(`as every store, with uploads by ${uploadMethod}`, () => {
      itNeedsS3();
      itKeepsTheContract(async () => {
        const store = s3ImageStore({ ...(await makeBucket()), uploadMethod, urlTtlSeconds: 60 });
        return { store, origin: s3Endpoint ?? '', close: async () => store.close?.() };
      });
    });
  }

  describe('in a bucket that it shares', () => {
    itNeedsS3();

    it('keeps to its prefix', async () => {
      const options = await makeBucket();
      const store = s3ImageStore({ ...options, prefix: 'chat/' });
      await store.put('images/a', Buffer.from('hello'), { contentType: 'image/jpeg', bytes: 5 });
      const { method, fields } = await store.signUpload('uploads/b', { contentType: 'image/jpeg', bytes: 5 });
      expect(await listKeys(options)).to.deep.equal(['chat/images/a']);
      expect({ method, key: fields?.['key'] }).to.deep.equal({ method: 'POST', key: 'chat/uploads/b' });
      expect(await (await fetch(await store.signGetUrl('images/a', 'image/jpeg'))).text()).to.equal('hello');
      await store.close?.();
    });

    it("uses the host's client and leaves it open", async () => {
      const options = await makeBucket();
      const client = clientOf(options);
      const store = s3ImageStore({ bucket: options.bucket, region: 'us-east-1', client });
      await store.put('images/a', Buffer.from('hello'), { contentType: 'image/jpeg', bytes: 5 });
      await store.close?.();
      expect(await listKeys(options, client)).to.deep.equal(['images/a']);
      client.destroy();
    });

    it('refuses a client that has no such bucket', async () => {
      const store = s3ImageStore({ ...(await makeBucket()), bucket: 'no-such-bucket' });
      const error = await store
        .put('images/a', Buffer.from('x'), { contentType: 'a/b', bytes: 1 })
        .catch((e: unknown) => e);
      expect(error).to.have.property('code', 'image_store_unavailable');
      expect((error as Error).cause).to.include({ code: 'NoSuchBucket', httpStatus: 404 });
      await store.close?.();
    });
  });

  describe('that cannot be reached', () => {
    itSaysThatItIsUnavailable(() => Promise.resolve(s3ImageStore({ ...nowhere, maxAttempts: 1 })));
  });

  describe('that does not answer', () => {
    let silent: ReturnType<typeof createServer>;
    before(async () => {
      silent = createServer((socket) => socket.on('error', () => undefined).resume());
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
    });
    after(() => silent.close());

    itSaysThatItIsUnavailable(() => {
      const { port } = silent.address() as AddressInfo;
      const patience = { timeoutMs: 100, maxAttempts: 2 };
      return Promise.resolve(s3ImageStore({ ...nowhere, endpoint: `http://127.0.0.1:${port}`, ...patience }));
    });
  });

  describe('without asking anybody', () => {
    it('signs URLs that hold everything and tell no secret', async () => {
      const url = new URL(await s3ImageStore(nowhere).signGetUrl('images/a', 'image/jpeg'));
      expect(url.origin + url.pathname).to.equal('http://127.0.0.1:9/b/images/a');
      expect(Object.fromEntries(url.searchParams)).to.include({
        'response-content-type': 'image/jpeg',
        'response-content-disposition': 'inline',
        'response-cache-control': 'private, max-age=900, immutable',
        'X-Amz-SignedHeaders': 'host',
        'X-Amz-Expires': '1350',
      });
      expect(url.href).not.to.include(s3Credentials.secretAccessKey);
    });

    it('asks for encryption in uploads of every kind', async () => {
      const encrypted = { ...nowhere, serverSideEncryption: 'aws:kms', kmsKeyId: 'key-1' } as const;
      const object = { contentType: 'image/jpeg', bytes: 5 };
      const expected = {
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
      };
      expect((await s3ImageStore(encrypted).signUpload('uploads/a', object)).fields).to.include(expected);
      const put = await s3ImageStore({ ...encrypted, uploadMethod: 'PUT' }).signUpload('uploads/a', object);
      expect(put.headers).to.include(expected);
      expect(new URL(put.url).searchParams.get('X-Amz-SignedHeaders')).to.include('x-amz-server-side-encryption');
    });

    it('signs anew before its credentials end, however long its URLs may live', async () => {
      const clock = sinon.useFakeTimers({ now: 1_800_000_000_000, toFake: ['Date'] });
      let given = 0;
      const credentials = () => {
        given += 1;
        return Promise.resolve({
          ...s3Credentials,
          sessionToken: `token-${given}`,
          expiration: new Date(Date.now() + 3_600_000),
        });
      };
      const store = s3ImageStore({ ...nowhere, credentials, urlTtlSeconds: 86_400 });
      const tokenOfUrl = async (): Promise<string | null> =>
        new URL(await store.signGetUrl('images/a', 'image/jpeg')).searchParams.get('X-Amz-Security-Token');
      expect(await tokenOfUrl()).to.equal('token-1');
      clock.tick(3_600_000 - 301_000);
      expect(await tokenOfUrl()).to.equal('token-1');
      clock.tick(2_000);
      expect(await tokenOfUrl()).to.equal('token-2');
    });

    it('signs once there are credentials, though there were none at first', async () => {
      const credentials = sinon.stub<[], Promise<typeof s3Credentials>>();
      credentials.onFirstCall().rejects(new Error('none')).resolves(s3Credentials);
      const store = s3ImageStore({ ...nowhere, credentials });
      const sign = async (): Promise<string> => store.signGetUrl('images/a', 'image/jpeg');
      expect(await codeOf(sign())).to.equal('image_store_unavailable');
      expect(await sign()).to.include('http://127.0.0.1:9/b/images/a?');
    });

    it('puts a bucket of Amazon into the host name, and of others into the path', async () => {
      const { endpoint: _, ...amazon } = nowhere;
      const url = await s3ImageStore({ ...amazon, bucket: 'pictures', region: 'eu-central-1' }).signGetUrl(
        'a',
        'image/jpeg',
      );
      expect(new URL(url).host).to.equal('pictures.s3.eu-central-1.amazonaws.com');
    });
  });

  it('refuses options that it cannot use, each by its name', () => {
    const options = {
      ...nowhere,
      bucket: '',
      endpoint: 'nowhere',
      prefix: '/x',
      kmsKeyId: 'k',
      timeoutMs: 1,
      colour: 'red',
    };
    expect(() => s3ImageStore(options))
      .to.throw(ChatSetupError)
      .with.property('faults')
      .that.satisfies((faults: string[]) =>
        ['bucket', 'endpoint', 'prefix', 'timeoutMs', 'colour'].every((name) =>
          faults.some((fault) => fault.startsWith(`s3ImageStore.${name}: `)),
        ),
      );
  });
});
