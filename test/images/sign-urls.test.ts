import { expect } from 'chai';
import type { ImageStore } from '../../lib/images/image-store.js';
import { signUrls } from '../../lib/images/sign-urls.js';

describe('the URLs of pictures', () => {
  it('are all asked for together, each picture’s thumbnail too', async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const signGetUrl = (key: string): Promise<string> => {
      asked.push(key);
      return new Promise((resolve) => answers.push(() => resolve(`https://store.example/${key}`)));
    };
    const image = { width: 4, height: 3, contentType: 'image/webp', bytes: 100, placeholder: '' } as const;
    const images = ['a', 'b'].map((objectKey, index) => ({ ...image, id: index + 1, objectKey }));
    const signed = signUrls({ signGetUrl } as Partial<ImageStore> as ImageStore, images);
    expect(asked).to.have.length(4);
    for (const answer of answers) answer();
    const [first] = await signed;
    expect(first?.url).to.equal(`https://store.example/${asked[0]}`);
    expect(first?.thumbnailUrl).to.equal(`https://store.example/${asked[1]}`);
    expect(first?.thumbnailUrl).not.to.equal(first?.url);
  });
});
