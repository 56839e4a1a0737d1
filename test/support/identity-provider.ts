import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const CLIENT = 'adit';

/** An identity provider on this machine (`oidc-provider`), at which every name signs in. */
export class TestIdentityProvider {
  private listener: RequestListener | null = null;
  readonly secret = 'a secret of the client that only the provider and the service know';
  readonly clientId = CLIENT;
  /** Paths that were asked for. */
  readonly asked: string[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      this.asked.push(request.url ?? '');
      this.listener?.(request, response);
    });
  }

  static async open(): Promise<TestIdentityProvider> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new TestIdentityProvider(server);
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Begins to answer, for a service at this URL. */
  async serve(service: string): Promise<void> {
    const { default: Provider } = await import('oidc-provider');
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT,
          client_secret: this.secret,
          application_type: 'native',
          token_endpoint_auth_method: 'client_secret_basic',
          redirect_uris: [`${service}/v1/session/oidc/callback`],
        },
      ],
      cookies: { keys: ['of the tests'] },
      pkce: { required: () => true },
    });
    this.listener = provider.callback();
  }

  /** Signs in by a name at the pages of the provider. Returns where the provider sends the browser back. */
  async signIn(start: string, name: string): Promise<string> {
    const cookies = new Map<string, string>();
    let [url, form]: [string, Record<string, string> | null] = [start, null];
    for (let step = 0; step < 12; step += 1) {
      const answer: Response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
        ...(form === null ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(key, value);
      }
      const to = answer.headers.get('location');
      if (to !== null) {
        url = new URL(to, url).href;
        form = null;
        if (!url.startsWith(this.issuer)) return url;
        continue;
      }
      const page: string = await answer.text();
      url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', url).href;
      form = page.includes('name="login"') ? { prompt: 'login', login: name, password: 'any' } : { prompt: 'consent' };
    }
    throw new Error(`The provider did not send the browser back from ${url}.`);
  }

  close(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}
