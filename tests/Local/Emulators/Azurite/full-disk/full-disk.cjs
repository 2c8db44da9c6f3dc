'use strict';

const fs = require('node:fs');
const path = require('node:path');

// node host.js <the installation> <the data folder> <the port>
const full = path.join(process.argv[3], 'full');

for (const name of ['writeSync', 'writeFileSync']) {
  const write = fs[name];
  fs[name] = (...args) => {
    if (fs.existsSync(full)) {
      throw new Error('ENOSPC: no space left on device, write');
    }
    return write(...args);
  };
}
