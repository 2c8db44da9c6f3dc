'use strict';

const { randomUUID } = require('node:crypto');
const { promises: fs } = require('node:fs');
const net = require('node:net');
const path = require('node:path');

/**
 * Makes this process the only one that serves the folder, until it ends, and waits for a predecessor that is still
 * saving. The holder listens on a port and answers with the token that stands in the lock file. So a holder that died
 * is never mistaken for one that lives, whatever process has got its number or port since, and the waiting ends with
 * the connection, at the moment when the holder is gone.
 *
 * @returns What removes the lock file, for a holder that has saved and ends.
 */
async function holdFolder(folder, patienceMs) {
  const file = path.join(folder, 'azurite-process.json');
  const predecessor = await readHolder(file);
  if (predecessor && hasProcess(predecessor.pid) && !(await isGone(predecessor, patienceMs))) {
    throw new Error(`the folder ${folder} is still in use by the process ${predecessor.pid}`);
  }

  const token = randomUUID();
  const server = net.createServer((socket) => socket.on('error', () => {}).write(token));
  await new Promise((resolve, reject) => server.listen(0, '127.0.0.1', resolve).on('error', reject));
  const unfinished = `${file}.${process.pid}.tmp`;
  await fs.writeFile(unfinished, JSON.stringify({ pid: process.pid, port: server.address().port, token }));
  await fs.rename(unfinished, file);
  // A file that stays does no harm.
  return () => fs.rm(file).catch(() => {});
}

async function readHolder(file) {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

// Some process: who the number belongs to by now, only the token tells.
function hasProcess(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function isGone(holder, patienceMs) {
  return new Promise((resolve) => {
    const socket = net.connect(holder.port, '127.0.0.1').setEncoding('utf8');
    const patience = setTimeout(() => settle(false), patienceMs);
    const settle = (gone) => {
      clearTimeout(patience);
      socket.destroy();
      resolve(gone);
    };
    let said = '';
    socket.on('data', (text) => {
      said += text;
      if (!holder.token.startsWith(said)) settle(true);
    });
    socket.on('error', () => settle(true)).on('close', () => settle(true));
  });
}

module.exports = { holdFolder };
