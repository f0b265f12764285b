// Host names of the cluster under test. There is no name server on a test machine, so the process's own resolver is pointed at a file
// ("name address" per line) that the test rewrites when an endpoint moves, as a name server would be updated. The clients are unmodified:
// both call dns.lookup like any other program.
import dns from 'node:dns';
import { readFileSync } from 'node:fs';

export function useNamesFile(path) {
  const system = dns.lookup;
  dns.lookup = (name, options, callback) => {
    if (typeof options === 'function') {
      callback = options;
      options = {};
    }
    const address = find(path, name);
    if (address === undefined) {
      return system(name, options, callback);
    }
    process.nextTick(() => (options?.all ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4)));
  };
  const promised = dns.promises.lookup;
  dns.promises.lookup = async (name, options) => {
    const address = find(path, name);
    if (address === undefined) {
      return promised(name, options);
    }
    return options?.all ? [{ address, family: 4 }] : { address, family: 4 };
  };
}

function find(path, name) {
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [known, address] = line.trim().split(/\s+/);
    if (known === name) {
      return address;
    }
  }
  return undefined;
}
